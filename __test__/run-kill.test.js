'use strict';

const { once } = require('node:events');
const { run } = require('..');

/** Says "up" when it no longer listens to SIGTERM. */
const STUBBORN = ['-c', "trap '' TERM; echo up; while :; do sleep 0.05; done"];

test('kill() sends killSignal, and the error says who has ended it', async () => {
  const subprocess = run('sleep', ['100']);
  expect(subprocess.kill()).toBe(true);
  expect(subprocess.killed).toBe(true);
  await expect(subprocess).rejects.toMatchObject({
    code: 'ERR_PROCS_KILLED',
    isKilled: true,
    isTerminated: true,
    exitReason: 'killed',
    signal: 'SIGTERM',
  });
});

test('a signal of somebody else is not ours', async () => {
  const subprocess = run('sleep', ['100']);
  process.kill(subprocess.pid, 'SIGTERM');
  await expect(subprocess).rejects.toMatchObject({ isKilled: false, isTerminated: true, exitReason: 'signal', signal: 'SIGTERM' });
});

test('whoever ends well when asked has not failed', async () => {
  const subprocess = run('sh', ['-c', "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done"]);
  subprocess.stdout.once('data', () => subprocess.kill());
  expect(await subprocess).toMatchObject({ failed: false, exitCode: 0, stdout: 'up\nbye' });
});

test('killSignal is escalated to SIGKILL', async () => {
  const subprocess = run('sh', STUBBORN, { forceKillAfterDelay: 50 });
  subprocess.stdout.once('data', () => subprocess.kill());
  await expect(subprocess).rejects.toMatchObject({ isKilled: true, isForcefullyTerminated: true, signal: 'SIGKILL' });
});

test('another signal is not: it may mean anything to the program', async () => {
  const subprocess = run('sh', ['-c', "trap 'echo got it' USR1; echo up; while :; do sleep 0.05; done"], { forceKillAfterDelay: 50 });
  let said = '';
  subprocess.stdout.on('data', (chunk) => {
    said += chunk;
    if (said === 'up\n') subprocess.kill('SIGUSR1');
    // Long enough for what must not happen.
    else if (said.endsWith('got it\n')) setTimeout(() => subprocess.kill('SIGKILL'), 150);
  });
  await expect(subprocess).rejects.toMatchObject({ isForcefullyTerminated: false, signal: 'SIGKILL' });
  expect(said).toBe('up\ngot it\n');
});

test('forceKillAfterDelay: false never escalates', async () => {
  const subprocess = run('sh', STUBBORN, { forceKillAfterDelay: false });
  await once(subprocess.stdout, 'data');
  subprocess.kill();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(subprocess.kill(0)).toBe(true);
  subprocess.kill('SIGKILL');
  await expect(subprocess).rejects.toMatchObject({ isForcefullyTerminated: false });
});

test('kill(0) asks whether it is there', async () => {
  const subprocess = run('cat');
  expect(subprocess.kill(0)).toBe(true);
  subprocess.stdin.end();
  expect(await subprocess).toMatchObject({ failed: false });
  expect(subprocess.kill(0)).toBe(false);
});

test('after the end there is nobody to signal', async () => {
  const subprocess = run('true');
  await subprocess;
  expect(subprocess.kill()).toBe(false);
  expect(subprocess.kill('SIGKILL')).toBe(false);
  expect((await subprocess.killTree()).left).toEqual([]);
});

test('a program that is not there cannot be signalled', async () => {
  const subprocess = run('/no/such/program');
  expect([subprocess.kill(), subprocess.kill(0), subprocess.killMechanism]).toEqual([false, false, null]);
  expect(await subprocess.killTree()).toEqual({ mechanism: 'process', signalled: 0, left: [] });
  await expect(subprocess).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an error given along is the cause of the failure, also of one that ends well', async () => {
  const reason = new Error('not needed');
  const subprocess = run('sh', ['-c', "trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done"]);
  subprocess.stdout.once('data', () => subprocess.kill(reason));
  const error = await subprocess.catch((thrown) => thrown);
  expect(error.cause).toBe(reason);
  expect(error).toMatchObject({ exitReason: 'killed', exitCode: 0 });
});

test.each([['SIGFOO'], [99], ['']])('an unknown signal is refused: %p', async (signal) => {
  const subprocess = run('cat');
  expect(() => subprocess.kill(signal)).toThrow(expect.objectContaining({ code: 'ERR_UNKNOWN_SIGNAL' }));
  await expect(subprocess.killTree(signal)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_SIGNAL' });
  subprocess.stdin.end();
  await subprocess;
});

test('what is no error is not taken for one', async () => {
  const subprocess = run('cat');
  expect(() => subprocess.kill('SIGTERM', 'because')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  subprocess.stdin.end();
  await subprocess;
});

test('names in any case, and numbers', async () => {
  const one = run('sleep', ['100']);
  one.kill('sigint');
  await expect(one).rejects.toMatchObject({ signal: 'SIGINT', isKilled: true });
  const other = run('sleep', ['100']);
  other.kill(9);
  await expect(other).rejects.toMatchObject({ signal: 'SIGKILL', isKilled: true });
});

test('killMode group reaches what the child has started in its group', async () => {
  const subprocess = run('sh', ['-c', 'sleep 100 & echo up; wait'], { killMode: 'group' });
  expect(subprocess.killMechanism).toBe('group');
  await once(subprocess.stdout, 'data');
  subprocess.kill();
  // sleep holds stdout open.
  await expect(subprocess).rejects.toMatchObject({ isKilled: true, stdoutHeldOpen: false });
});

test('killMode process reaches nobody else', async () => {
  const subprocess = run('sh', ['-c', 'sleep 100 & echo $!; wait'], { killMode: 'process' });
  expect(subprocess.killMechanism).toBe('process');
  const [chunk] = await once(subprocess.stdout, 'data');
  const sleeper = Number(chunk);
  subprocess.kill();
  await expect(subprocess).rejects.toMatchObject({ isKilled: true, stdoutHeldOpen: true });
  expect(process.kill(sleeper, 'SIGKILL')).toBe(true);
});

test('a child of the first moment gets it too', async () => {
  const children = Array.from({ length: 20 }, (_, i) =>
    run('sleep', ['100'], { killMode: ['process', 'group', 'tree'][i % 3], reject: false }),
  );
  for (const child of children) child.kill();
  const results = await Promise.all(children);
  expect(results.map(({ signal }) => signal)).toEqual(new Array(20).fill('SIGTERM'));
});

test('whoever repeats kill() does not put off SIGKILL', async () => {
  const subprocess = run('sh', STUBBORN, { forceKillAfterDelay: 200 });
  await once(subprocess.stdout, 'data');
  const again = setInterval(() => subprocess.kill(), 20);
  await expect(subprocess).rejects.toMatchObject({ isForcefullyTerminated: true, signal: 'SIGKILL' });
  clearInterval(again);
});

test('with killMode process, kill() after the exit is false while somebody else holds the output', async () => {
  const subprocess = run('sh', ['-c', 'sleep 100 & echo $!'], { killMode: 'process', waitFor: 'close', reject: false });
  // Either may come first.
  const exited = once(subprocess, 'exit');
  const [line] = await once(subprocess.stdout, 'data');
  await exited;
  expect([subprocess.kill(), subprocess.kill('SIGKILL')]).toEqual([false, false]);
  process.kill(Number(line), 'SIGKILL');
  expect(await subprocess).toMatchObject({ exitCode: 0, exitReason: 'exit' });
});

test('killTree() reaches a child whose killMode is process', async () => {
  const subprocess = run('sh', ['-c', 'sleep 100 & echo up; wait'], { killMode: 'process', reject: false });
  await once(subprocess.stdout, 'data');
  expect(await subprocess.killTree()).toEqual({ mechanism: 'mark', signalled: 2, left: [] });
  expect(await subprocess).toMatchObject({ exitReason: 'killed', signal: 'SIGKILL', stdoutHeldOpen: false });
});
