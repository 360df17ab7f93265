'use strict';
// gracefulCancel: a Node child is asked first.

const { once } = require('node:events');
const path = require('node:path');
const { run } = require('..');
const { inTime } = require('./lib/in-time.js');

const CHILD = path.join(__dirname, 'fixtures/run-cancel.js');

/** A child that is up, and has said whether it can be asked. */
async function started(what, options) {
  const subprocess = run(CHILD, [what], { node: true, gracefulCancel: true, ...options });
  subprocess.catch(() => {});
  if (what !== 'deaf') await once(subprocess, 'internalMessage');
  await once(subprocess.stdout, 'data');
  // In an object: it is a promise itself.
  return { subprocess };
}

test('the child sees the reason of the abort, and ends by itself', async () => {
  const controller = new AbortController();
  const { subprocess } = await started('ends', { signal: controller.signal });
  controller.abort(new Error('enough'));
  const error = await subprocess.catch((thrown) => thrown);
  expect(error).toMatchObject({
    isCanceled: true,
    isGracefullyCanceled: true,
    isTerminated: false,
    exitCode: 0,
    stdout: 'up\nError: enough',
  });
});

test.each([
  [undefined, 'AbortError: This operation was aborted'],
  ['a word', 'value: a word'],
  [{ not: 'sent' }, 'AbortError: This operation was aborted'],
])('reason %p', async (reason, seen) => {
  const controller = new AbortController();
  const { subprocess } = await started('ends', { signal: controller.signal });
  controller.abort(reason);
  await expect(subprocess).rejects.toMatchObject({ isGracefullyCanceled: true, stdout: `up\n${seen}` });
});

test('its exit code is its own', async () => {
  const controller = new AbortController();
  const { subprocess } = await started('fails', { signal: controller.signal });
  controller.abort();
  await expect(subprocess).rejects.toMatchObject({ isGracefullyCanceled: true, exitCode: 7 });
});

test('a timeout asks too', async () => {
  const error = await inTime(
    (timeout) => run(CHILD, ['ends'], { node: true, gracefulCancel: true, timeout, forceKillAfterDelay: 1e6 }).catch((reason) => reason),
    ({ signal }) => signal === undefined,
  );
  expect(error).toMatchObject({
    timedOut: true,
    exitCode: 0,
    stdout: 'up\nTimeoutError: The operation was aborted due to timeout',
  });
});

test('with serialization json', async () => {
  const controller = new AbortController();
  const subprocess = run(CHILD, ['ends'], { node: true, ipc: true, gracefulCancel: true, signal: controller.signal });
  subprocess.once('internalMessage', () => controller.abort());
  await expect(subprocess).rejects.toMatchObject({ isGracefullyCanceled: true });
});

test('one that stays gets killSignal after forceKillAfterDelay', async () => {
  const controller = new AbortController();
  const { subprocess } = await started('stays', { signal: controller.signal, forceKillAfterDelay: 50 });
  controller.abort();
  await expect(subprocess).rejects.toMatchObject({ isCanceled: true, isGracefullyCanceled: true, signal: 'SIGTERM' });
});

test('one that never asked for its signal gets killSignal at once', async () => {
  const controller = new AbortController();
  const { subprocess } = await started('deaf', { signal: controller.signal, forceKillAfterDelay: 1e6 });
  controller.abort();
  await expect(subprocess).rejects.toMatchObject({ isCanceled: true, isGracefullyCanceled: false, signal: 'SIGTERM' });
});

test('kill() is a signal, as ever', async () => {
  const { subprocess } = await started('ends');
  subprocess.kill();
  await expect(subprocess).rejects.toMatchObject({ isKilled: true, signal: 'SIGTERM', stdout: 'up' });
});

test('asking for the signal keeps no child', async () => {
  expect(await run(CHILD, ['idle'], { node: true, gracefulCancel: true })).toMatchObject({ exitCode: 0, stdout: 'up' });
});

test('the child sees that its parent has hung up', async () => {
  const { subprocess } = await started('ends');
  subprocess.disconnect();
  expect(await subprocess).toMatchObject({ stdout: 'up\nAbortError: The parent process has disconnected' });
});

test('without a parent that could ask, the signal is never aborted', async () => {
  expect(await run(CHILD, ['idle'], { node: true })).toMatchObject({ exitCode: 0, stdout: 'up' });
});

test('the program’s own messages are its own', async () => {
  const subprocess = run(CHILD, ['ends'], { node: true, gracefulCancel: true });
  const seen = [];
  subprocess.on('message', (message) => seen.push(message));
  await once(subprocess, 'internalMessage');
  subprocess[Symbol.dispose]?.() ?? subprocess.kill();
  await subprocess.catch(() => {});
  expect(seen).toEqual([]);
});
