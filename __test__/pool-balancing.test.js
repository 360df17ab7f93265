'use strict';
// Which worker gets a task.

const path = require('node:path');
const { once } = require('node:events');
const { endPools, makePool, until } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

const idle = (works) => works.stats().workers.filter(({ state }) => state === 'idle');

/** With as many workers, which are all up. */
async function pool(count, options) {
  const works = makePool({ filename: WORKS, minWorkers: count, maxWorkers: count, prefetch: 0, ...options });
  await until(() => idle(works).length === count);
  return works;
}

/** Who did them, one after the other. */
async function workersOf(works, tasks) {
  const ids = [];
  for (const options of tasks) ids.push((await works.run(null, { name: 'about', ...options })).workerId);
  return ids;
}

const counted = (ids) => Object.fromEntries([...new Set(ids)].map((id) => [id, ids.filter((other) => other === id).length]));

test('affinity: keys that come one at a time are spread, and stay where they are', async () => {
  const works = await pool(3, { loadBalancing: 'affinity' });
  const keys = Array.from({ length: 12 }, (_, i) => ({ key: `key ${i}` }));
  const first = await workersOf(works, keys);
  expect(Object.values(counted(first))).toEqual([4, 4, 4]);
  expect(await workersOf(works, keys)).toEqual(first);
});

test('affinity: those of one that is gone are spread likewise', async () => {
  const works = await pool(2, { loadBalancing: 'affinity' });
  const keys = Array.from({ length: 8 }, (_, i) => ({ key: `key ${i}` }));
  const [gone] = await workersOf(works, keys);
  const exit = once(works, 'workerExit');
  process.kill(works.stats().workers.find(({ workerId }) => workerId === gone).pid, 'SIGKILL');
  await exit;
  await until(() => idle(works).length === 2);
  expect(Object.values(counted(await workersOf(works, keys)))).toEqual([4, 4]);
});

test('weighted: one that takes the place of another has its weight', async () => {
  const works = await pool(2, { loadBalancing: 'weighted', weights: [3, 1] });
  const tasks = Array.from({ length: 40 }, () => ({}));
  const before = counted(await workersOf(works, tasks));
  expect(Object.values(before).sort()).toEqual([10, 30]);
  const [heavy, light] = Object.keys(before)
    .map(Number)
    .sort((a, b) => before[b] - before[a]);
  const exit = once(works, 'workerExit');
  process.kill(works.stats().workers.find(({ workerId }) => workerId === heavy).pid, 'SIGKILL');
  await exit;
  await until(() => idle(works).length === 2);
  const after = counted(await workersOf(works, tasks));
  expect(Object.keys(after)).not.toContain(`${heavy}`);
  expect(after[light]).toBeGreaterThanOrEqual(9);
  expect(after[light]).toBeLessThanOrEqual(11);
});
