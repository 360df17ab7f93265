'use strict';
// Memory that is shared with workers: workers that keep it, workers that die with it, and what is left in the end.

const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { release } = require('../js/ipc');
const { sumOf } = require('./lib/bytes.js');
const { begin, endPools, makePool, outcome, until, workerPids } = require('./lib/pools.js');

const filename = path.join(__dirname, 'fixtures/pool/bytes.js');
// Hundreds of megabytes, also where many others are busy.
jest.setTimeout(60_000);
const MB = 1024 * 1024;
const onLinux = process.platform === 'linux' ? test : test.skip;

const bytesOf = (length, byte) => Buffer.alloc(length, byte);
const open = (options) => makePool({ filename, ...options });
const mappings = () => fs.readFileSync('/proc/self/maps', 'latin1').split('procs-slab').length - 1;
const descriptors = () => fs.readdirSync('/proc/self/fd').length;

afterEach(endPools);

test('a worker that keeps all it gets goes on getting more, and what it has stays as it was', async () => {
  const pool = open();
  const sums = [];
  // More than the memory that is shared.
  for (let i = 0; i < 17; i++) {
    const bytes = bytesOf(16 * MB, i);
    sums.push(sumOf(bytes));
    expect(await pool.run(bytes, { name: 'keep' })).toBe(sums[i]);
  }
  expect(sumOf(await pool.run(bytesOf(MB, 1), { name: 'echo' }))).toBe(sumOf(bytesOf(MB, 1)));
  expect(await pool.run(null, { name: 'kept' })).toEqual(sums);
  // What it gives back is used again.
  await pool.run(null, { name: 'release' });
  for (let i = 0; i < 17; i++) expect(await pool.run(bytesOf(16 * MB, i), { name: 'sum' })).toBe(sums[i]);
});

test('who keeps all results goes on getting more', async () => {
  const pool = open();
  const kept = [];
  for (let i = 0; i < 17; i++) kept.push(await pool.run({ length: 16 * MB, byte: i }, { name: 'make' }));
  const sums = kept.map((_, i) => sumOf(bytesOf(16 * MB, i)));
  expect(kept.map(sumOf)).toEqual(sums);
  for (const bytes of kept) release(bytes);
  expect(sumOf(await pool.run({ length: 16 * MB, byte: 1 }, { name: 'make' }))).toBe(sums[1]);
});

test('results outlive the worker and the pool', async () => {
  const pool = open();
  const results = await Promise.all([1, 2, 3].map((byte) => pool.run({ length: 4 * MB, byte }, { name: 'make' })));
  process.kill(workerPids(pool)[0], 'SIGKILL');
  results.push(await pool.run({ length: 4 * MB, byte: 4 }, { name: 'make' }));
  await pool.destroy();
  expect(results.map(sumOf)).toEqual([1, 2, 3, 4].map((byte) => sumOf(bytesOf(4 * MB, byte))));
});

test('what a worker had that was killed is free again, and tasks that it had not begun go to the next', async () => {
  const pool = open({ prefetch: 4 });
  // Together more than the memory that is shared.
  for (let round = 0; round < 3; round++) {
    const { begun, result } = begin(pool, 'hold', bytesOf(16 * MB, round));
    const pid = await begun;
    const behind = [1, 2, 3].map((byte) => pool.run(bytesOf(12 * MB, byte), { name: 'sum' }));
    process.kill(pid, 'SIGKILL');
    expect(await outcome(result)).toMatchObject({ reason: 'signal', signal: 'SIGKILL' });
    expect(await Promise.all(behind)).toEqual([1, 2, 3].map((byte) => sumOf(bytesOf(12 * MB, byte))));
  }
});

test('tasks that are given up while they wait leave nothing', async () => {
  const pool = open({ prefetch: 0, maxQueuedBytes: 250 * MB });
  const { begun, result } = begin(pool, 'hold', null);
  const pid = await begun;
  const empty = pool.stats().queuedBytes;
  for (let round = 0; round < 3; round++) {
    const controller = new AbortController();
    // There would be no room for them all in the second round.
    const waiting = Array.from({ length: 10 }, () => outcome(pool.run(bytesOf(20 * MB, 1), { name: 'sum', signal: controller.signal })));
    expect(pool.stats().queuedBytes).toBeGreaterThan(200 * MB);
    controller.abort();
    for (const { code } of await Promise.all(waiting)) expect(code).toBe('ABORT_ERR');
    expect(pool.stats().queuedBytes).toBe(empty);
  }
  process.kill(pid, 'SIGKILL');
  await outcome(result);
});

test('maxQueuedBytes holds', async () => {
  const pool = open({ maxQueuedBytes: 10 * MB, prefetch: 0 });
  const { begun, result } = begin(pool, 'hold', null);
  const pid = await begun;
  const before = process.memoryUsage().rss;
  const tasks = Array.from({ length: 100 }, (_, i) => outcome(pool.run(bytesOf(MB, i), { name: 'sum' })));
  const settled = await Promise.race([Promise.all(tasks.slice(10)), once(pool, 'close')]);
  expect(settled.every(({ code }) => code === 'ERR_PROCS_QUEUE_FULL')).toBe(true);
  expect(process.memoryUsage().rss - before).toBeLessThan(90 * MB);
  expect(pool.stats().queuedBytes).toBeLessThanOrEqual(10 * MB);
  process.kill(pid, 'SIGKILL');
  await outcome(result);
  // There is room for some of them; a task has some bytes besides.
  const done = await Promise.all(tasks.slice(0, 9));
  expect(done.map(({ result: sum }) => sum)).toEqual(done.map((_, i) => sumOf(bytesOf(MB, i))));
});

onLinux('neither descriptors nor mappings are left of a pool', async () => {
  const use = async () => {
    const pool = open({ minWorkers: 2, maxWorkers: 2 });
    const tasks = Array.from({ length: 8 }, (_, i) => pool.run(bytesOf(MB, i), { name: 'echo' }));
    for (const bytes of await Promise.all(tasks)) release(bytes);
    const unused = pool.alloc(MB);
    release(unused);
    const { begun, result } = begin(pool, 'hold', bytesOf(MB, 1));
    await begun;
    const queued = Array.from({ length: 8 }, (_, i) => outcome(pool.run(bytesOf(MB, i), { name: 'echo' })));
    await pool.destroy();
    await outcome(result);
    // The other worker may have been through with some: what is not released is there until V8 collects it.
    for (const { result: bytes } of await Promise.all(queued)) if (bytes !== undefined) release(bytes);
  };
  await use();
  const before = { mappings: mappings(), descriptors: descriptors() };
  for (let round = 0; round < 3; round++) await use();
  // What is released is unmapped when its memory is: soon, and not at once.
  await until(() => mappings() <= before.mappings && descriptors() <= before.descriptors);
});
