'use strict';
// Workers that fail: how they are replaced, and when that is given up.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { begin, endPools, makePool, outcome } = require('./lib/pools.js');

const filename = path.join(__dirname, 'fixtures/pool/supervised.js');
const pool = (options) => makePool({ filename, stderr: 'ignore', ...options });

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-supervision-'));
let files = 0;
/** Not there yet. */
const newFile = () => path.join(folder, `${++files}`);

afterEach(endPools);
afterAll(() => fs.rmSync(folder, { recursive: true }));

const START = { name: 'WorkerError', reason: 'start', message: expect.stringContaining('not yet') };
/** The first of its details. events.once() would take an 'error' for a failure of the test. */
const next = (from, name) => new Promise((resolve) => from.once(name, resolve));
const quick = { initial: 1, max: 1 };

test('a worker that dies with its task is replaced, more often than maxRestarts', async () => {
  const hit = pool({ maxRestarts: 3 });
  for (let i = 0; i < 6; i++)
    expect(await outcome(hit.run('SIGKILL', { name: 'kill' }))).toMatchObject({ reason: 'signal', signal: 'SIGKILL' });
  expect(await hit.run(null, { name: 'workerId' })).toBe(7);
  expect(hit.stats()).toMatchObject({ crashed: 6, restarts: 6, failedStarts: 0 });
});

test('others go on while one dies', async () => {
  const two = pool({ maxWorkers: 2, prefetch: 0 });
  const gate = begin(two, 'gate', 'g');
  await gate.begun;
  expect(await outcome(two.run('SIGSEGV', { name: 'kill' }))).toMatchObject({ reason: 'signal', signal: 'SIGSEGV' });
  two.broadcast({ open: 'g' });
  expect(await gate.result).toBe(1);
});

test('one that dies idle is replaced before anybody asks', async () => {
  const idle = pool();
  const pid = await idle.run(null, { name: 'pid' });
  const up = next(idle, 'workerUp');
  process.kill(pid, 'SIGKILL');
  expect(await up).toMatchObject({ workerId: 2 });
});

test('a start that fails ends what waits; what comes later waits for the next attempt; then it is well again', async () => {
  const needs = newFile();
  const failing = pool({ minWorkers: 0, workerData: { needs }, backoff: quick });
  const both = [failing.run(null, { name: 'pid' }), failing.run(null, { name: 'pid' })];
  for (const end of await Promise.all(both.map(outcome))) expect(end).toMatchObject(START);
  const told = next(failing, 'workerStartFailed');
  expect(await outcome(failing.run(null, { name: 'pid' }))).toMatchObject(START);
  const { retry, error } = await told;
  expect(retry).toBeGreaterThanOrEqual(0);
  expect(error.cause).toMatchObject({ name: 'RangeError', message: 'not yet' });
  const recovered = next(failing, 'recovered');
  fs.writeFileSync(needs, '');
  expect(await failing.run(null, { name: 'workerId' })).toBe(3);
  await recovered;
  expect(failing.stats()).toMatchObject({ failedStarts: 2, started: 3, completed: 1, ended: { start: 3 } });
});

test('a start that fails while others are there ends nothing', async () => {
  const needs = newFile();
  fs.writeFileSync(needs, '');
  const two = pool({ minWorkers: 1, maxWorkers: 2, workerData: { needs }, prefetch: 0 });
  const gate = begin(two, 'gate', 'g');
  await gate.begun;
  fs.unlinkSync(needs);
  const failed = next(two, 'workerStartFailed');
  const waits = two.run(null, { name: 'workerId' });
  await failed;
  two.broadcast({ open: 'g' });
  expect(await Promise.all([gate.result, waits])).toEqual([1, 1]);
});

test('with maxRestarts used up tasks are told at once, and nothing is started, until the pool is configured anew', async () => {
  const needs = newFile();
  const failing = pool({ workerData: { needs }, maxRestarts: 2, restartWindow: 600_000, backoff: quick });
  const { error, retry } = await next(failing, 'gaveUp');
  expect(error).toMatchObject({ ...START, cause: { message: 'not yet' } });
  expect(retry).toBeGreaterThan(0);
  for (let i = 0; i < 5; i++) expect(await outcome(failing.run(null, { name: 'pid' }))).toMatchObject(START);
  expect(failing.stats()).toMatchObject({ started: 3, failedStarts: 3 });
  fs.writeFileSync(needs, '');
  expect(await outcome(failing.run(null, { name: 'pid' }))).toMatchObject(START);
  failing.configure({ minWorkers: 1 });
  expect(await failing.run(null, { name: 'workerId' })).toBe(4);
});

test('a worker whose event loop stands still is ended, and others are not', async () => {
  const two = pool({ maxWorkers: 2, prefetch: 0, unresponsiveTimeout: 1000 });
  const exit = next(two, 'workerExit');
  const gate = begin(two, 'gate', 'g');
  await gate.begun;
  const endless = begin(two, 'endless');
  expect(await outcome(endless.result)).toMatchObject({ name: 'WorkerError', reason: 'unresponsive' });
  expect(await exit).toMatchObject({ why: 'unresponsive', reason: 'unresponsive', signal: 'SIGKILL' });
  two.broadcast({ open: 'g' });
  expect(await gate.result).toBe(1);
});

test('one that waits for its output to be read is not taken for one that stands still', async () => {
  const printing = pool({ unresponsiveTimeout: 1000, stdout: 'pipe' });
  printing.on('stdout', () => {});
  await printing.run(null, { name: 'pid' });
  const task = begin(printing, 'print', 1000);
  await task.begun;
  // Nobody reads while this thread is blocked.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  expect(await task.result).toBe('printed');
});
