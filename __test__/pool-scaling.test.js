'use strict';
// How many workers there are.

const { once } = require('node:events');
const path = require('node:path');
const { native } = require('../js/native.js');
const { begin, endPools, makePool, until, workerPids } = require('./lib/pools.js');

const filename = path.join(__dirname, 'fixtures/pool/supervised.js');
const pool = (options) => makePool({ filename, prefetch: 0, ...options });
const exits = (from, count) => Promise.all(Array.from({ length: count }, () => nextOf(from, 'workerExit')));

/** The next events of that name, each to one of those who wait. */
function nextOf(from, name) {
  from.waiting ??= new Map();
  if (!from.waiting.has(name)) {
    const waiting = [];
    from.waiting.set(name, waiting);
    from.on(name, (...details) => waiting.shift()?.(details[0]));
  }
  return new Promise((resolve) => from.waiting.get(name).push(resolve));
}

/** So many tasks that run until they are let go. */
function gates(from, count) {
  return Array.from({ length: count }, (_, i) => begin(from, 'gate', `${i}`));
}

function open(from, count) {
  for (let i = 0; i < count; i++) from.broadcast({ open: `${i}` });
}

afterEach(endPools);

test('at most as many as there are CPUs, where nothing else is said', () => {
  expect(makePool({ filename, maxWorkers: undefined, minWorkers: 0 }).maxWorkers).toBe(native().usableCpus());
});

test('minWorkers are there without a task', async () => {
  const two = pool({ minWorkers: 2, maxWorkers: 4 });
  await nextOf(two, 'workerUp');
  await nextOf(two, 'workerUp');
  await until(() => two.stats().openWorkers === 2);
  expect(two.stats()).toMatchObject({ started: 2, accepted: 0 });
});

test('tasks that wait start workers, and not more than maxWorkers', async () => {
  const three = pool({ maxWorkers: 3 });
  const running = gates(three, 3);
  await Promise.all(running.map(({ begun }) => begun));
  const waits = three.run('3', { name: 'pid' });
  await new Promise(setImmediate);
  expect(three.stats()).toMatchObject({ openWorkers: 3, started: 3, running: 3, queued: 1 });
  open(three, 3);
  const workers = await Promise.all(running.map(({ result }) => result));
  expect(new Set(workers).size).toBe(3);
  expect(workerPids(three)).toContain(await waits);
});

test('concurrentTasksPerWorker run in one', async () => {
  const one = pool({ maxWorkers: 2, concurrentTasksPerWorker: 2 });
  const running = gates(one, 2);
  await Promise.all(running.map(({ begun }) => begun));
  open(one, 2);
  expect(await Promise.all(running.map(({ result }) => result))).toEqual([1, 1]);
  expect(one.stats().started).toBe(1);
});

test('a worker that is never without a task before it gets company, though nothing waits in the queue', async () => {
  const pools = makePool({ filename, maxWorkers: 2 });
  let goesOn = true;
  const caller = async () => {
    while (goesOn) await pools.run(null, { name: 'workerId' });
  };
  const callers = Array.from({ length: 64 }, caller);
  await until(() => pools.stats().openWorkers === 2);
  goesOn = false;
  await Promise.all(callers);
});

test('without a task they end, down to minWorkers', async () => {
  const shrinks = pool({ minWorkers: 1, maxWorkers: 3, idleTimeout: 50 });
  const running = gates(shrinks, 3);
  await Promise.all(running.map(({ begun }) => begun));
  const gone = exits(shrinks, 2);
  open(shrinks, 3);
  await Promise.all(running.map(({ result }) => result));
  for (const exit of await gone) expect(exit).toMatchObject({ why: 'idle', exitCode: 0, signal: null });
  expect(shrinks.stats()).toMatchObject({ openWorkers: 1, endedWorkers: { idle: 2 } });
  expect(shrinks.stats().workers).toHaveLength(1);
});

test('minWorkers 0: the last one ends as well, and the next task starts another', async () => {
  const none = pool({ minWorkers: 0, maxWorkers: 2, idleTimeout: 50 });
  for (const worker of [1, 2]) {
    const gone = nextOf(none, 'workerExit');
    expect(await none.run(null, { name: 'workerId' })).toBe(worker);
    expect(await gone).toMatchObject({ workerId: worker, why: 'idle' });
  }
  expect(none.stats().workers).toEqual([]);
});

test('a spare takes over from one that was killed', async () => {
  const ready = pool({ maxWorkers: 1, spareWorkers: 1 });
  const { begun, result } = gates(ready, 1)[0];
  await begun;
  await until(() => ready.stats().spareWorkers === 1);
  const spare = ready.stats().workers.find(({ state }) => state === 'spare');
  result.catch(() => {});
  process.kill(ready.stats().workers.find(({ state }) => state === 'busy').pid, 'SIGKILL');
  expect(await ready.run(null, { name: 'pid' })).toBe(spare.pid);
  // And there is another one soon.
  await until(() => ready.stats().spareWorkers === 1);
});

test('softLimit is told, hardLimit holds', async () => {
  const limited = pool({ minWorkers: 3, maxWorkers: 4, spareWorkers: 2, softLimit: 2, hardLimit: 2 });
  const [processes] = await once(limited, 'softLimit');
  expect(processes).toBe(2);
  const running = gates(limited, 2);
  await Promise.all(running.map(({ begun }) => begun));
  const more = limited.run(null, { name: 'pid' });
  await new Promise(setImmediate);
  expect(limited.stats()).toMatchObject({ started: 2, queued: 1 });
  open(limited, 2);
  await Promise.all([more, ...running.map(({ result }) => result)]);
  expect(limited.stats().started).toBe(2);
});

test.each([
  ['memory', { minMemoryPerTask: 2 ** 52 }],
  ['cpu', { maxCpuThreshold: 0 }],
])('where there is too little %s one worker does it all', async (what, limit) => {
  const small = pool({ minWorkers: 0, maxWorkers: 4, ...limit });
  const told = once(small, 'scarce');
  const workers = Array.from({ length: 10 }, () => small.run(null, { name: 'workerId' }));
  expect(await told).toEqual([what]);
  expect(new Set(await Promise.all(workers))).toEqual(new Set([1]));
});

test('configure() changes it', async () => {
  const changed = pool({ minWorkers: 1, maxWorkers: 1 });
  const running = gates(changed, 3);
  await running[0].begun;
  changed.configure({ maxWorkers: 3 });
  await Promise.all(running.map(({ begun }) => begun));
  const gone = exits(changed, 2);
  changed.configure({ maxWorkers: 1 });
  // Who runs a task may finish it.
  open(changed, 3);
  await Promise.all(running.map(({ result }) => result));
  for (const exit of await gone) expect(exit).toMatchObject({ why: 'surplus', exitCode: 0 });
  expect(changed.stats().openWorkers).toBe(1);
});
