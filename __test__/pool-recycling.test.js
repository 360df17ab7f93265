'use strict';
// Workers that are replaced because they have lived for long enough.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { begin, endPools, makePool, until } = require('./lib/pools.js');

const filename = path.join(__dirname, 'fixtures/pool/supervised.js');
const pool = (options) => makePool({ filename, ...options });

afterEach(endPools);

/** How often each of them is there. */
function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Every exit of a worker, as it comes. */
function exitsOf(from) {
  const exits = [];
  from.on('workerExit', (exit) => exits.push(exit));
  return exits;
}

test('no worker gets more than maxTasksPerWorker, and no task is lost', async () => {
  const replaced = pool({ maxWorkers: 2, maxTasksPerWorker: 5, recycleJitter: 0 });
  const exits = exitsOf(replaced);
  const workers = await Promise.all(Array.from({ length: 32 }, () => replaced.run(null, { name: 'workerId' })));
  for (const count of counted(workers).values()) expect(count).toBeLessThanOrEqual(5);
  await until(() => exits.length >= 5);
  for (const exit of exits) expect(exit).toMatchObject({ why: 'tasks', exitCode: 0 });
  expect(replaced.stats()).toMatchObject({ completed: 32, crashed: 0, ended: {} });
  expect(replaced.stats().recycled).toBeGreaterThanOrEqual(5);
});

test('with jitter they do not all have the same number of tasks', async () => {
  const replaced = pool({ maxWorkers: 1, maxTasksPerWorker: 1000, recycleJitter: 0.99 });
  const workers = await Promise.all(Array.from({ length: 3000 }, () => replaced.run(null, { name: 'workerId' })));
  const counts = [...counted(workers).values()].slice(0, -1);
  expect(Math.max(...counts)).toBeLessThanOrEqual(1000);
  expect(new Set(counts).size).toBeGreaterThan(1);
});

test('maxWorkerLifetime: its successor is up before it goes, and it has its teardown', async () => {
  const log = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'procs-recycling-')), 'log');
  const replaced = pool({ maxWorkerLifetime: 1000, workerData: { log } });
  const order = [];
  replaced.on('workerUp', ({ workerId }) => order.push(`up ${workerId}`));
  const [exit] = await once(replaced, 'workerExit');
  order.push(`exit ${exit.workerId}`);
  expect(exit).toMatchObject({ workerId: 1, why: 'lifetime', exitCode: 0 });
  expect(order).toEqual(['up 1', 'up 2', 'exit 1']);
  expect(fs.readFileSync(log, 'latin1')).toBe('1\n');
  fs.rmSync(path.dirname(log), { recursive: true });
});

test('those whose time is over together go one at a time', async () => {
  const replaced = pool({ minWorkers: 4, maxWorkers: 4, maxWorkerLifetime: 300, recycleJitter: 0 });
  let wereAllThere = false;
  const open = [];
  await new Promise((resolve) => {
    replaced.on('workerUp', look);
    replaced.on('workerExit', look);
    function look({ why }) {
      const { openWorkers } = replaced.stats();
      wereAllThere ||= openWorkers === 4;
      if (wereAllThere && why === 'lifetime') open.push(openWorkers);
      if (open.length === 4) resolve();
    }
  });
  expect(Math.min(...open)).toBeGreaterThanOrEqual(3);
});

test('maxMemoryPerWorker: it finishes what it runs, and gets nothing more', async () => {
  const replaced = pool({ maxWorkers: 1, maxMemoryPerWorker: 300 * 2 ** 20, recycleJitter: 0, concurrentTasksPerWorker: 2 });
  const gone = once(replaced, 'workerExit');
  const gate = begin(replaced, 'gate', 'g');
  await gate.begun;
  await replaced.run(400 * 2 ** 20, { name: 'hold' });
  const busy = () => replaced.stats().workers.find(({ workerId }) => workerId === 1).state;
  await until(() => busy() === 'draining');
  // Its place is taken as soon as it has gone, and not before: there is one worker.
  const next = replaced.run(null, { name: 'workerId' });
  replaced.broadcast({ open: 'g' });
  expect(await gate.result).toBe(1);
  expect(await next).toBe(2);
  expect((await gone)[0]).toMatchObject({ workerId: 1, why: 'memory', exitCode: 0 });
});

test('isolate: a process for each task, from the spares', async () => {
  const alone = pool({ maxWorkers: 1, spareWorkers: 1, isolate: true });
  const exits = exitsOf(alone);
  await until(() => alone.stats().spareWorkers === 1);
  const spare = alone.stats().workers.find(({ state }) => state === 'spare').workerId;
  const workers = await Promise.all(Array.from({ length: 4 }, () => alone.run(null, { name: 'workerId' })));
  expect(new Set(workers).size).toBe(4);
  expect(workers[1]).toBe(spare);
  await until(() => exits.length === 4);
  for (const exit of exits) expect(exit).toMatchObject({ why: 'isolated', exitCode: 0 });
});

test('isolate as an option of a task: others share theirs', async () => {
  const some = pool({ maxWorkers: 2 });
  const task = (isolate) => some.run(null, { name: 'workerId', isolate });
  const first = await task(false);
  const alone = [await task(true), await task(true)];
  const later = await task(false);
  expect(new Set([first, ...alone]).size).toBe(3);
  expect(alone).not.toContain(later);
});

test('isolate where all places are taken: one that is idle makes room', async () => {
  const full = pool({ maxWorkers: 1 });
  const exits = exitsOf(full);
  expect(await full.run(null, { name: 'workerId' })).toBe(1);
  expect(await full.run(null, { name: 'workerId', isolate: true })).toBe(2);
  expect(await full.run(null, { name: 'workerId' })).toBe(3);
  await until(() => exits.length === 2);
  expect(exits.map(({ workerId, why }) => [workerId, why]).sort()).toEqual([
    [1, 'room'],
    [2, 'isolated'],
  ]);
});
