'use strict';

const { run } = require('..');
const { inTime } = require('./lib/in-time.js');

/** Ends at SIGKILL only. */
const STUBBORN = ['-c', "trap '' TERM; echo up; while :; do sleep 0.05; done"];

/** The error of a child that has said something before its timeout. */
const failureOf = (args, options) =>
  inTime(
    (timeout) => run('sh', args, { timeout, ...options }).catch((reason) => reason),
    ({ stdout }) => stdout !== '',
  );

test('a timeout ends the child with SIGTERM, and says so', async () => {
  const error = await run('sleep', ['100'], { timeout: 20 }).catch((reason) => reason);
  expect(error).toMatchObject({
    code: 'ERR_PROCS_TIMEOUT',
    timedOut: true,
    exitReason: 'timeout',
    signal: 'SIGTERM',
    isForcefullyTerminated: false,
    isCanceled: false,
    isKilled: false,
  });
});

test('a child that ends in time has no timeout', async () => {
  expect(await run('true', { timeout: 60_000 })).toMatchObject({ timedOut: false, exitCode: 0 });
});

test('what is left of a timeout does not keep the process', async () => {
  const { runNode } = require('./lib/run-node.js');
  const program = "require('../..').run('true', { timeout: 1e6 }).then(() => console.log('done'))";
  expect(await runNode(['-e', program])).toEqual({ code: 0, signal: null, stdout: 'done\n', stderr: '' });
});

test('a child that ignores it gets SIGKILL after forceKillAfterDelay', async () => {
  const error = await failureOf(STUBBORN, { forceKillAfterDelay: 50 });
  expect(error).toMatchObject({ timedOut: true, signal: 'SIGKILL', isForcefullyTerminated: true });
});

test('a child that handles it has failed all the same, with its own exit code', async () => {
  const error = await failureOf(['-c', "trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done"]);
  expect(error).toMatchObject({ timedOut: true, exitCode: 0, signal: undefined, isForcefullyTerminated: false });
});

test('killSignal is what it sends', async () => {
  const error = await run('sleep', ['100'], { timeout: 20, killSignal: 'SIGINT' }).catch((reason) => reason);
  expect(error).toMatchObject({ timedOut: true, signal: 'SIGINT' });
});

test('killSignal SIGKILL is no force: nothing else was tried', async () => {
  const error = await run('sh', STUBBORN, { timeout: 20, killSignal: 'SIGKILL' }).catch((reason) => reason);
  expect(error).toMatchObject({ timedOut: true, signal: 'SIGKILL', isForcefullyTerminated: false });
});

test('a child that is stopped is ended too', async () => {
  const error = await run('sh', ['-c', 'kill -STOP $$'], { timeout: 50, forceKillAfterDelay: false }).catch((reason) => reason);
  expect(error).toMatchObject({ timedOut: true, signal: 'SIGTERM' });
});

test.each(['process', 'group', 'tree'])('with killMode %s', async (killMode) => {
  const error = await run('sleep', ['100'], { timeout: 20, killMode }).catch((reason) => reason);
  expect(error).toMatchObject({ timedOut: true, signal: 'SIGTERM' });
});

test('reject: false resolves with it', async () => {
  expect(await run('sleep', ['100'], { timeout: 20, reject: false })).toMatchObject({ failed: true, timedOut: true });
});

test('what the child has written before is kept', async () => {
  const error = await failureOf(['-c', 'echo before; exec sleep 100']);
  expect(error.stdout).toBe('before');
});
