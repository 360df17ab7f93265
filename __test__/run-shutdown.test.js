'use strict';

const { once } = require('node:events');
const path = require('node:path');
const stock = require('node:child_process');
const { run, shutdown, spawn } = require('..');

const STUBBORN = ['-c', "trap '' TERM; echo up; while :; do sleep 0.05; done"];

test('ends all children at once, and tells what each did', async () => {
  const one = run('sleep', ['100'], { reject: false });
  const other = run('sh', ['-c', "trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done"], { reject: false });
  await once(other.stdout, 'data');
  const told = await shutdown();
  expect(told).toMatchObject([
    { pid: one.pid, command: 'sleep 100', exitCode: null, signal: 'SIGTERM', forced: false },
    { pid: other.pid, exitCode: 3, signal: null, forced: false },
  ]);
  expect(await one).toMatchObject({ exitReason: 'shutdown', failed: true });
  expect(await other).toMatchObject({ exitReason: 'shutdown', exitCode: 3 });
});

test('with nothing running there is nothing to tell', async () => {
  await run('true');
  expect(await shutdown()).toEqual([]);
});

test('what does not end in time gets SIGKILL, whatever its own forceKillAfterDelay', async () => {
  const stubborn = run('sh', STUBBORN, { reject: false, forceKillAfterDelay: false });
  await once(stubborn.stdout, 'data');
  expect(await shutdown({ timeout: 50 })).toMatchObject([{ signal: 'SIGKILL', forced: true }]);
  expect(await stubborn).toMatchObject({ exitReason: 'shutdown', isForcefullyTerminated: true });
});

test('what is being ended already is only hurried', async () => {
  const stubborn = run('sh', STUBBORN, { reject: false, forceKillAfterDelay: 1e6 });
  await once(stubborn.stdout, 'data');
  stubborn.kill();
  expect(await shutdown({ timeout: 50 })).toMatchObject([{ signal: 'SIGKILL', forced: true }]);
});

test('signal is what it sends', async () => {
  const child = run('sleep', ['100'], { reject: false });
  expect(await shutdown({ signal: 'SIGINT' })).toMatchObject([{ pid: child.pid, signal: 'SIGINT' }]);
});

test('children of the drop-in belong to it only if they were given to it', async () => {
  const own = spawn('sleep', ['100'], { stdio: 'ignore' });
  const given = spawn('sleep', ['101'], { stdio: 'ignore', lifetime: 'parent' });
  expect(await shutdown()).toMatchObject([{ pid: given.pid, command: 'sleep 101', signal: 'SIGTERM' }]);
  expect(own.exitCode).toBeNull();
  own.kill();
  expect(await once(own, 'exit')).toEqual([null, 'SIGTERM']);
});

test('independent children do not belong to it', async () => {
  const daemon = run('sleep', ['100'], { lifetime: 'independent' });
  expect(await shutdown()).toEqual([]);
  expect(process.kill(daemon.pid, 'SIGKILL')).toBe(true);
});

test('nothing new is started while it runs, and again afterwards', async () => {
  const child = run('sleep', ['100'], { reject: false });
  const over = shutdown();
  const late = run('true');
  expect(late.pid).toBeUndefined();
  await expect(late).rejects.toMatchObject({ code: 'ERR_PROCS_SHUTDOWN', exitReason: 'shutdown' });
  expect(() => spawn('true', { lifetime: 'parent' })).toThrow(expect.objectContaining({ code: 'ERR_PROCS_SHUTDOWN' }));
  await over;
  await child;
  expect(await run('true')).toMatchObject({ exitCode: 0 });
});

test('two at once both wait for all', async () => {
  const child = run('sleep', ['100'], { reject: false });
  const [one, other] = await Promise.all([shutdown(), shutdown()]);
  expect([one, other]).toMatchObject([[{ pid: child.pid }], [{ pid: child.pid }]]);
});

test.each([
  [{ timeout: -1 }, 'ERR_OUT_OF_RANGE'],
  [{ timeout: '1' }, 'ERR_INVALID_ARG_TYPE'],
  [{ signal: 'SIGFOO' }, 'ERR_UNKNOWN_SIGNAL'],
  [{ handleSignals: 1 }, 'ERR_INVALID_ARG_TYPE'],
  [{ timeuot: 1 }, 'ERR_INVALID_ARG_VALUE'],
  ['now', 'ERR_INVALID_ARG_TYPE'],
])('%p is refused', (options, code) => {
  expect(() => shutdown(options)).toThrow(expect.objectContaining({ code }));
});

describe('handleSignals', () => {
  /** fixtures/run-shutdown.js. Settles with how it ended when `react` was called with what it has said, line by line. */
  function application(parts, react) {
    const child = stock.spawn(process.execPath, [path.join(__dirname, 'fixtures/run-shutdown.js'), ...parts], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    let reacted = 0;
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const lines = said.split('\n').slice(0, -1);
      while (reacted < lines.length) react(lines[reacted++], (signal) => child.kill(signal), lines);
    });
    return new Promise((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, said: said.trim().split('\n') }));
    });
  }

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('%s ends the children, then the process as that signal would', async (name) => {
    const end = await application([], (line, kill) => line === 'good up' && kill(name));
    expect(end).toMatchObject({ code: null, signal: name });
    expect(end.said).toEqual(['good up', 'good: shutdown 0', expect.stringMatching(/^exit listener (143|130|129)$/)]);
  });

  test('children of the drop-in too', async () => {
    const end = await application(['spawn'], (line, kill) => line === 'good up' && kill('SIGTERM'));
    expect(end).toMatchObject({ signal: 'SIGTERM', said: expect.arrayContaining(['spawn: SIGTERM']) });
  });

  test('what does not listen is killed after the timeout', async () => {
    const end = await application(['stubborn'], (line, kill, lines) => line.endsWith('up') && isUp(lines) && kill('SIGTERM'));
    expect(end).toMatchObject({ signal: 'SIGTERM', said: expect.arrayContaining(['stubborn: shutdown SIGKILL']) });
  });

  test('a second signal does not wait any longer', async () => {
    const end = await application(['stubborn', 'patient'], (line, kill, lines) => {
      if (isUp(lines) && line.endsWith('up')) kill('SIGTERM');
      if (line === 'good: shutdown 0') kill('SIGINT');
    });
    expect(end).toMatchObject({ signal: 'SIGINT', said: expect.arrayContaining(['exit listener 130']) });
  });

  test('a listener of the application is heard, and does not keep it', async () => {
    const end = await application(['own'], (line, kill) => line === 'good up' && kill('SIGTERM'));
    expect(end).toMatchObject({ signal: 'SIGTERM', said: expect.arrayContaining(['own listener']) });
  });

  test('who awaits a child without a catch does not crash it meanwhile', async () => {
    const end = await application(['awaited', 'stubborn'], (line, kill, lines) => line.endsWith('up') && isUp(lines) && kill('SIGTERM'));
    expect(end).toMatchObject({ signal: 'SIGTERM', said: expect.arrayContaining(['stubborn: shutdown SIGKILL', 'exit listener 143']) });
  });

  test('dispose() takes it away again', async () => {
    const end = await application(['disposed'], (line, kill) => line === 'good up' && kill('SIGTERM'));
    expect(end).toMatchObject({ code: null, signal: 'SIGTERM', said: ['good up'] });
  });

  function isUp(lines) {
    return lines.includes('good up') && lines.includes('stubborn up');
  }
});
