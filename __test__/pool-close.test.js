'use strict';
// The end of a pool.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { begin, endPools, makePool, outcome, until } = require('./lib/pools.js');
const { stateOf } = require('./lib/own-children.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');
const CLOSED = { name: 'WorkerError', reason: 'shutdown', code: 'ERR_PROCS_POOL_CLOSED' };

let folder;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-pool-'));
});
afterEach(async () => {
  await endPools();
  fs.rmSync(folder, { recursive: true });
});

const pool = (options) => makePool({ filename: WORKS, ...options });
const isThere = ({ pid }) => stateOf(pid) !== undefined;

test('close(): what was asked for is done, workers are torn down and reaped, nothing new is taken', async () => {
  const file = path.join(folder, 'teardown');
  const works = pool({ minWorkers: 2, maxWorkers: 2, workerData: { teardown: file } });
  const all = Array.from({ length: 200 }, (_, i) => works.run(i, { name: 'later' }));
  await all[0];
  // One that is still being started is not torn down.
  await until(() => works.workers.filter(({ isUp }) => isUp).length === 2);
  const { workers } = works;
  let closed = false;
  works.once('close', () => (closed = true));
  const end = works.close();
  expect(works.isClosed).toBe(true);
  expect(await outcome(works.run(1, { name: 'echo' }))).toMatchObject(CLOSED);
  expect(await Promise.all(all)).toEqual(all.map((_, i) => i));
  expect(await end).toBe(undefined);
  expect([closed, workers.filter(isThere)]).toEqual([true, []]);
  expect(works.workers).toEqual([]);
  const torn = fs.readFileSync(file, 'utf8').trim().split('\n');
  expect(torn.sort()).toEqual(workers.map(({ workerId }) => `${workerId}`).sort());
});

test('close() again, and destroy() afterwards, resolve at the same end', async () => {
  const works = pool();
  await works.run({ a: 1, b: 1 });
  await Promise.all([works.close(), works.close({ force: true }), works.destroy(), works[Symbol.asyncDispose ?? 'close']()]);
  await works.close();
  await works.destroy();
  expect(works.workers).toEqual([]);
});

test('close() waits for those that wait for room', async () => {
  const works = pool({ maxQueue: 2, overflow: 'wait', prefetch: 0 });
  const gate = begin(works, 'gate', 'g');
  await gate.begun;
  const all = Array.from({ length: 50 }, (_, i) => works.run(i, { name: 'echo' }));
  const blob = works.run(new Blob(['text']), { name: 'echo' });
  const end = works.close();
  expect(await outcome(works.run(1))).toMatchObject(CLOSED);
  // Nothing is told to workers any more: the gate opens by its own end.
  process.kill(works.workers[0].pid, 'SIGKILL');
  expect(await outcome(gate.result)).toMatchObject({ reason: 'signal' });
  expect(await Promise.all(all)).toEqual(all.map((_, i) => i));
  expect(await (await blob).text()).toBe('text');
  await end;
});

test('close({ force: true }): what has not begun is given up', async () => {
  const works = pool({ prefetch: 0 });
  const gate = begin(works, 'gate', 'g');
  await gate.begun;
  const waiting = Array.from({ length: 10 }, (_, i) => outcome(works.run(i, { name: 'echo' })));
  works.broadcast({ open: 'g' });
  const end = works.close({ force: true });
  expect(await gate.result).toBe('g');
  for (const told of await Promise.all(waiting)) expect(told).toMatchObject({ code: 'ABORT_ERR' });
  await end;
});

test('close() does not wait longer than closeTimeout', async () => {
  const works = pool({ closeTimeout: 30 });
  const { begun, result } = begin(works, 'never');
  await begun;
  const told = outcome(result);
  await works.close();
  expect(await told).toMatchObject(CLOSED);
});

test('destroy(): at once, and what is open is told', async () => {
  const file = path.join(folder, 'teardown');
  const works = pool({ prefetch: 4, workerData: { teardown: file } });
  const { begun, result } = begin(works, 'never');
  const all = [result, ...Array.from({ length: 20 }, (_, i) => works.run(i, { name: 'echo' }))].map(outcome);
  await begun;
  const { workers } = works;
  await works.destroy();
  for (const told of await Promise.all(all)) expect(told).toMatchObject(CLOSED);
  expect(workers.filter(isThere)).toEqual([]);
  expect(fs.existsSync(file)).toBe(false);
  expect(works.pending).toBe(0);
});

test('destroy({ grace }): workers are torn down first', async () => {
  const file = path.join(folder, 'teardown');
  const works = pool({ workerData: { teardown: file } });
  await works.run({ a: 1, b: 1 });
  await works.destroy({ grace: 20_000 });
  expect(fs.readFileSync(file, 'utf8')).toBe('1\n');
});

test('destroy() while workers start, and before the first task was handed over', async () => {
  const works = pool({ minWorkers: 4, maxWorkers: 4 });
  const all = Array.from({ length: 100 }, (_, i) => outcome(works.run(i)));
  await works.destroy();
  for (const told of await Promise.all(all)) expect(told).toMatchObject(CLOSED);
  expect(works.workers).toEqual([]);
});

test('one that is disposed of', async () => {
  const works = pool();
  expect(await works.run({ a: 1, b: 1 })).toBe(2);
  if (Symbol.asyncDispose) await works[Symbol.asyncDispose]();
  else await works.close();
  expect(works.isClosed).toBe(true);
});
