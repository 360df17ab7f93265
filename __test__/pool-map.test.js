'use strict';
// map(): many tasks, some at a time.

const path = require('node:path');
const { endPools, makePool, outcome } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

const pool = (options) => makePool({ filename: WORKS, minWorkers: 2, maxWorkers: 2, ...options });

async function collect(iterable) {
  const all = [];
  for await (const value of iterable) all.push(value);
  return all;
}

const range = (count) => Array.from({ length: count }, (_, i) => i);

test('results in the order of the items', async () => {
  const works = pool();
  expect(await collect(works.map(range(5000), { name: 'echo' }))).toEqual(range(5000));
  expect(await collect(works.map([], { name: 'echo' }))).toEqual([]);
  expect(await collect(works.map(new Set(['a', 'b']), { name: 'later' }))).toEqual(['a', 'b']);
});

test('without order: what is done first', async () => {
  const works = pool({ prefetch: 0 });
  const results = works.map(
    (function* () {
      yield 'held';
      for (let i = 0; i < 10; i++) yield `quick ${i}`;
    })(),
    { name: 'gateOrEcho', ordered: false, concurrency: 4 },
  );
  const seen = [];
  for await (const value of results) {
    seen.push(value);
    if (seen.length === 10) works.broadcast({ open: 'held' });
  }
  expect(seen[10]).toBe('held');
});

test('the source is read as results are taken', async () => {
  const works = pool();
  let read = 0;
  async function* source() {
    for (;;) {
      read++;
      yield read;
    }
  }
  let taken = 0;
  for await (const value of works.map(source(), { name: 'echo', concurrency: 5 })) {
    expect(value).toBe(++taken);
    expect(read - taken).toBeLessThanOrEqual(5);
    if (taken === 100) break;
  }
  expect(read).toBeLessThanOrEqual(105);
});

test('no more than that at a time', async () => {
  const works = pool({ concurrentTasksPerWorker: 8 });
  let most = 0;
  for await (const _ of works.map(range(200), { name: 'later', concurrency: 3 })) most = Math.max(most, works.pending);
  expect(most).toBeLessThanOrEqual(3);
});

test('it waits for room in the queue, whatever the pool does otherwise', async () => {
  const works = pool({ maxQueue: 2 });
  expect(await collect(works.map(range(300), { name: 'echo', concurrency: 100 }))).toEqual(range(300));
});

test('the first task that fails ends it: what is open is given up, the source is closed', async () => {
  const works = pool({ prefetch: 0 });
  let closed = false;
  function* source() {
    try {
      for (let i = 0; ; i++) yield i < 3 ? i : 'exit';
    } finally {
      closed = true;
    }
  }
  const seen = [];
  const failed = (async () => {
    for await (const value of works.map(source(), { name: 'echoOrFail', concurrency: 4 })) seen.push(value);
  })();
  expect(await outcome(failed)).toMatchObject({ name: 'RangeError', message: 'exit' });
  expect(seen).toEqual([0, 1, 2]);
  expect(closed).toBe(true);
});

test('leaving the loop gives up what is open', async () => {
  const works = pool({ abortGrace: 20_000 });
  let closed = false;
  async function* source() {
    try {
      for (;;) yield 'x';
    } finally {
      closed = true;
    }
  }
  for await (const value of works.map(source(), { name: 'echo', concurrency: 50 })) {
    expect(value).toBe('x');
    break;
  }
  expect(closed).toBe(true);
  // All are told of at the latest when the pool has been through the rest.
  expect(await works.run('y', { name: 'echo' })).toBe('y');
});

test('a source that throws: what it gave before comes first', async () => {
  const works = pool();
  async function* source() {
    yield 1;
    yield 2;
    throw new Error('dry');
  }
  const seen = [];
  const failed = (async () => {
    for await (const value of works.map(source(), { name: 'echo' })) seen.push(value);
  })();
  expect(await outcome(failed)).toMatchObject({ message: 'dry' });
  expect(seen).toEqual([1, 2]);
});

test('signal', async () => {
  const works = pool({ abortGrace: 20_000 });
  const controller = new AbortController();
  const reason = new Error('stop');
  const failed = (async () => {
    for await (const _ of works.map(range(1e6), { name: 'echo', signal: controller.signal, concurrency: 10 })) controller.abort(reason);
  })();
  const { error, ...told } = await outcome(failed);
  expect(told).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
  expect(error.cause).toBe(reason);
  const before = works.map([1], { signal: AbortSignal.abort(reason) });
  expect(await outcome(collect(before))).toMatchObject({ name: 'AbortError' });
});

/** A source that gives these and then waits for ever. */
function stuck(...values) {
  const told = { isClosed: false };
  let waits = false;
  const source = {
    [Symbol.asyncIterator]: () => source,
    next: () => {
      if (values.length > 0) return Promise.resolve({ done: false, value: values.shift() });
      waits = true;
      return new Promise(() => {});
    },
    return: () => {
      told.isClosed = true;
      // As an async generator has it, which closes when it has what it waits for.
      return waits ? new Promise(() => {}) : Promise.resolve({ done: true });
    },
  };
  return { source, told };
}

test('a task that fails is told while the source waits for its next item', async () => {
  const { source, told } = stuck(1, 'fails');
  const seen = [];
  const failed = (async () => {
    for await (const value of pool().map(source, { name: 'echoOrFail' })) seen.push(value);
  })();
  expect(await outcome(failed)).toMatchObject({ name: 'RangeError', message: 'fails' });
  expect([seen, told.isClosed]).toEqual([[1], true]);
});

test('so can the loop be left', async () => {
  const { source, told } = stuck(1);
  for await (const value of pool().map(source, { name: 'echo' })) {
    expect(value).toBe(1);
    break;
  }
  expect(told.isClosed).toBe(true);
});

test('and so does its signal end it, and nothing more is read', async () => {
  const { source, told } = stuck();
  const controller = new AbortController();
  const next = outcome(pool().map(source, { signal: controller.signal }).next());
  controller.abort(new Error('enough'));
  const { error } = await next;
  expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: { message: 'enough' } });
  expect(told.isClosed).toBe(true);
  const unread = stuck(1);
  const results = pool().map(unread.source, { signal: controller.signal });
  expect(await outcome(results.next())).toMatchObject({ name: 'AbortError' });
  expect(unread.told.isClosed).toBe(true);
  expect(await results.next()).toEqual({ done: true, value: undefined });
});

test('a promised item that never comes is not waited for, either', async () => {
  const items = [1, new Promise(() => {})];
  for await (const value of pool().map(items, { name: 'echo' })) {
    expect(value).toBe(1);
    break;
  }
});

test('what closing the source throws is thrown where the loop is left', async () => {
  function* source() {
    try {
      for (;;) yield 1;
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: what is tested
      throw new Error('cannot be closed');
    }
  }
  const left = (async () => {
    for await (const _ of pool().map(source(), { name: 'echo', concurrency: 2 })) break;
  })();
  expect(await outcome(left)).toMatchObject({ message: 'cannot be closed' });
  const failed = (async () => {
    for await (const _ of pool().map(source(), { name: 'fails', concurrency: 2 }));
  })();
  expect(await outcome(failed)).toMatchObject({ message: '1' });
});

test('several calls of next() at a time', async () => {
  const works = pool();
  const iterator = works.map([1, 2, 3], { name: 'echo' });
  const all = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
  expect(all.map(({ done, value }) => (done ? 'done' : value))).toEqual([1, 2, 3, 'done']);
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
});

test('promises in an iterable are awaited', async () => {
  const works = pool();
  expect(await collect(works.map([Promise.resolve(1), 2], { name: 'echo' }))).toEqual([1, 2]);
});

test('an iterator whose results are no objects is told so, as by a loop over it', async () => {
  const works = pool();
  for (const [given, said] of [
    [5, '5'],
    [undefined, 'undefined'],
    [Promise.resolve('x'), 'x'],
  ]) {
    const source = { [Symbol.asyncIterator]: () => ({ next: () => given }) };
    const message = `Iterator result ${said} is not an object`;
    expect(await outcome(collect(works.map(source, { name: 'echo' })))).toMatchObject({ name: 'TypeError', message });
  }
});
