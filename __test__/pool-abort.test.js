'use strict';
// Tasks that are given up.

const { EventEmitter } = require('node:events');
const path = require('node:path');
const { begin, endPools, makePool, outcome } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

const pool = (options) => makePool({ filename: WORKS, ...options });
const ABORTED = { name: 'AbortError', code: 'ABORT_ERR', reason: 'aborted' };

test('before it is asked for', async () => {
  const works = pool();
  const reason = new Error('never mind');
  const { error, ...told } = await outcome(works.run(1, { signal: AbortSignal.abort(reason) }));
  expect(told).toMatchObject(ABORTED);
  expect(error).toBeInstanceOf(require('../js/index.js').WorkerError);
  expect(error.cause).toBe(reason);
  expect(works.pending).toBe(0);
});

test('in the turn in which it was asked for, and while it waits', async () => {
  const works = pool({ prefetch: 0 });
  const gate = begin(works, 'gate', 'g');
  await gate.begun;
  const controllers = Array.from({ length: 10 }, () => new AbortController());
  const all = controllers.map(({ signal }, i) => outcome(works.run(i, { name: 'count', signal })));
  controllers[3].abort();
  controllers[5].abort(new RangeError('five'));
  expect(await all[3]).toMatchObject(ABORTED);
  const five = await all[5];
  expect(five).toMatchObject(ABORTED);
  expect(five.error.cause).toMatchObject({ message: 'five' });
  works.broadcast({ open: 'g' });
  // Neither has been run.
  expect((await Promise.all(all)).map(({ result }) => result)).toEqual([1, 2, 3, undefined, 4, undefined, 5, 6, 7, 8]);
});

test('while it runs: its own signal is aborted with the reason, and the worker goes on', async () => {
  const works = pool({ abortGrace: 20_000 });
  const controller = new AbortController();
  const told = [];
  const task = outcome(
    works.run(null, {
      name: 'willing',
      signal: controller.signal,
      onProgress: (value) => {
        told.push(value);
        controller.abort(new TypeError('enough'));
      },
    }),
  );
  expect(await task).toMatchObject(ABORTED);
  const { pid } = works.workers[0];
  expect(await works.run(null, { name: 'pid' })).toBe(pid);
});

test('one that does not heed it: its worker is ended after abortGrace, and replaced', async () => {
  const works = pool({ abortGrace: 20 });
  const { pid } = (await works.run(null, { name: 'about' })) && works.workers[0];
  const controller = new AbortController();
  const gone = new Promise((resolve) => works.once('workerExit', resolve));
  const { begun, result } = begin(works, 'stubborn', null, { signal: controller.signal });
  await begun;
  controller.abort();
  expect(await outcome(result)).toMatchObject(ABORTED);
  expect(await gone).toMatchObject({ pid, signal: 'SIGKILL' });
  expect(await works.run(null, { name: 'pid' })).not.toBe(pid);
});

test('what waits with it at its worker is done by another', async () => {
  const works = pool({ abortGrace: 20, prefetch: 16 });
  const controller = new AbortController();
  const { begun, result } = begin(works, 'stubborn', null, { signal: controller.signal });
  const behind = Array.from({ length: 50 }, (_, i) => works.run(i, { name: 'echo' }));
  await begun;
  controller.abort();
  expect(await outcome(result)).toMatchObject(ABORTED);
  expect(await Promise.all(behind)).toEqual(behind.map((_, i) => i));
});

test('after it is done nothing happens, and nobody listens any more', async () => {
  const works = pool();
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args) => {
    listeners++;
    return addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args) => {
    listeners--;
    return removeEventListener.apply(signal, args);
  };
  expect(await Promise.all(Array.from({ length: 10 }, (_, i) => works.run({ a: i, b: 0 }, { signal })))).toHaveLength(10);
  expect(listeners).toBe(0);
  controller.abort();
  expect(await works.run({ a: 1, b: 1 })).toBe(2);
});

test('a signal may be whatever emits it, as in piscina', async () => {
  const works = pool({ abortGrace: 20_000 });
  const emitter = new EventEmitter();
  const { begun, result } = begin(works, 'willing', null, { signal: emitter });
  await begun;
  emitter.emit('abort');
  expect(await outcome(result)).toMatchObject(ABORTED);
  expect(emitter.listenerCount('abort')).toBe(0);
});

test('AbortSignal.timeout(): the reason is a TimeoutError', async () => {
  const works = pool({ abortGrace: 20_000 });
  const { error, ...told } = await outcome(works.run(null, { name: 'willing', signal: AbortSignal.timeout(30) }));
  expect(told).toMatchObject(ABORTED);
  expect(error.cause).toMatchObject({ name: 'TimeoutError' });
});

test('one that waits for room in the queue, or for a Blob', async () => {
  const works = pool({ maxQueue: 0, overflow: 'wait', prefetch: 0 });
  const gate = begin(works, 'gate', 'g');
  await gate.begun;
  const controller = new AbortController();
  const { signal } = controller;
  const all = [works.run(1, { name: 'echo', signal }), works.run(new Blob(['x']), { name: 'echo', signal })].map(outcome);
  const kept = works.run(2, { name: 'echo' });
  controller.abort();
  expect(await Promise.all(all)).toMatchObject([ABORTED, ABORTED]);
  works.broadcast({ open: 'g' });
  expect(await kept).toBe(2);
  expect(works.pending).toBe(0);
});
