'use strict';
// What users of other pools have written, with another import.

const { once } = require('node:events');
const path = require('node:path');
const { endPools, makePool, outcome } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

test('a pool without a file, whose tasks have theirs', async () => {
  const pool = makePool({ filename: null });
  expect(await pool.run({ a: 1, b: 2 }, { filename: WORKS })).toBe(3);
  expect(await pool.run(new Map(), { filename: WORKS, name: 'echo' })).toEqual(new Map());
  const results = [];
  for await (const result of pool.map([1, 2], { filename: WORKS, name: 'echo' })) results.push(result);
  expect(results).toEqual([1, 2]);
  for (const options of [undefined, {}, { name: 'echo' }, { filename: null }])
    expect(await outcome(pool.run(1, options))).toMatchObject({ code: 'ERR_MISSING_ARGS', message: expect.stringContaining('filename') });
  expect(pool.options.filename).toBe(null);
  expect(pool.pending).toBe(0);
  await pool.close();
});

test('names of piscina, tinypool, workerpool and jest-worker', async () => {
  const pool = makePool({
    filename: WORKS,
    minWorkers: undefined,
    maxWorkers: undefined,
    minThreads: 1,
    maxThreads: 2,
    terminateTimeout: 100,
    runtime: 'child_process',
    serialization: 'advanced',
    recordTiming: false,
  });
  expect([pool.minThreads, pool.maxThreads, pool.options.teardownTimeout]).toEqual([1, 2, 100]);
  expect(await pool.run(1, { name: 'echo', runtime: 'child_process', transferList: [] })).toBe(1);
  expect(pool.threads).toEqual(pool.workers);
  expect(pool.histogram.runTime.average).toBe(pool.stats().runTime.mean);
});

(Symbol.dispose ? test : test.skip)('one that is disposed of without waiting', async () => {
  const pool = makePool({ filename: WORKS });
  const task = pool.run(1, { name: 'later' });
  const closed = once(pool, 'close');
  pool[Symbol.dispose]();
  expect(await task).toBe(1);
  await closed;
  expect(pool.workers).toEqual([]);
});
