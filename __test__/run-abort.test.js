'use strict';

const { getEventListeners } = require('node:events');
const { run } = require('..');
const { inTime } = require('./lib/in-time.js');

test('aborting ends the child, and the error has the reason as its cause', async () => {
  const controller = new AbortController();
  const subprocess = run('sleep', ['100'], { signal: controller.signal });
  const reason = new Error('no longer needed');
  controller.abort(reason);
  const error = await subprocess.catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_PROCS_CANCELED', isCanceled: true, exitReason: 'canceled', signal: 'SIGTERM', timedOut: false });
  expect(error.cause).toBe(reason);
});

test('cancelSignal is the same option', async () => {
  const controller = new AbortController();
  const subprocess = run('sleep', ['100'], { cancelSignal: controller.signal });
  controller.abort();
  await expect(subprocess).rejects.toMatchObject({ isCanceled: true });
});

test('a signal that is aborted already: nothing is started', async () => {
  const subprocess = run('sleep', ['100'], { signal: AbortSignal.abort() });
  expect(subprocess.pid).toBeUndefined();
  await expect(subprocess).rejects.toMatchObject({ isCanceled: true, exitCode: undefined, signal: undefined });
});

test('an abort after the end is none', async () => {
  const controller = new AbortController();
  const result = await run('true', { signal: controller.signal });
  controller.abort();
  expect(result.isCanceled).toBe(false);
});

test('no listener stays behind', async () => {
  const { signal } = new AbortController();
  await run('true', { signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('of two reasons the first counts', async () => {
  const error = await inTime(
    (timeout) => {
      const controller = new AbortController();
      const subprocess = run('sh', ['-c', "trap 'echo asked' TERM; while :; do sleep 0.05; done"], {
        signal: controller.signal,
        timeout,
        forceKillAfterDelay: 300,
      });
      subprocess.stdout.on('data', () => controller.abort());
      return subprocess.catch((reason) => reason);
    },
    ({ stdout }) => stdout === 'asked',
  );
  expect(error).toMatchObject({ timedOut: true, isCanceled: false, stdout: 'asked' });
});

test('one signal ends many', async () => {
  const controller = new AbortController();
  const children = Array.from({ length: 10 }, () => run('sleep', ['100'], { signal: controller.signal, reject: false }));
  controller.abort();
  const results = await Promise.all(children);
  expect(results.map(({ isCanceled }) => isCanceled)).toEqual(new Array(10).fill(true));
});

test('a child that ignores it gets SIGKILL', async () => {
  const controller = new AbortController();
  const subprocess = run('sh', ['-c', "trap '' TERM; echo up; while :; do sleep 0.05; done"], {
    signal: controller.signal,
    forceKillAfterDelay: 50,
  });
  subprocess.stdout.once('data', () => controller.abort());
  await expect(subprocess).rejects.toMatchObject({ isCanceled: true, isForcefullyTerminated: true, signal: 'SIGKILL' });
});
