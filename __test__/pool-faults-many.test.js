'use strict';
// Many workers, many pools, pools in threads and in pools.

const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { once } = require('node:events');
const { isRunning } = require('./lib/own-children.js');
const { begin, endPools, makePool, outcome, until, workerPids } = require('./lib/pools.js');

afterEach(endPools);

const fixture = (name) => path.join(__dirname, 'fixtures', 'pool', `${name}.js`);

test('64 workers, on however few cores', async () => {
  const pool = makePool({ minWorkers: 64, maxWorkers: 64 });
  // Each is busy until all are.
  await until(() => pool.stats().workers.filter(({ state }) => state === 'idle' || state === 'busy').length === 64);
  const all = await Promise.all(Array.from({ length: 2000 }, (_, i) => pool.run({ a: i, b: 0 }, { name: 'add' })));
  expect(all).toEqual(all.map((_, i) => i));
  const pids = workerPids(pool);
  expect(new Set(pids).size).toBe(64);
  await pool.destroy();
  expect(pids.filter(isRunning)).toEqual([]);
}, 300_000);

test('two pools: what happens to one is nothing to the other', async () => {
  const [one, two] = [makePool(), makePool()];
  const { begun, result } = begin(one, 'never');
  const kept = Promise.all(Array.from({ length: 200 }, (_, i) => two.run({ a: i, b: 0 }, { name: 'add' })));
  await begun;
  for (const pid of workerPids(one)) process.kill(pid, 'SIGKILL');
  expect(await outcome(result)).toMatchObject({ reason: 'signal' });
  expect((await kept).length).toBe(200);
  await one.destroy();
  expect(await two.run({ a: 1, b: 1 }, { name: 'add' })).toBe(2);
});

test('ten pools, one after the other: descriptors and threads are back', async () => {
  const { openFds } = require('../bench/lib/own-process.js');
  const round = async () => {
    const pool = makePool();
    expect(await pool.run({ a: 1, b: 1 }, { name: 'add' })).toBe(2);
    await pool.destroy();
  };
  const threads = () => require('node:fs').readdirSync('/proc/self/task').length;
  for (let i = 0; i < 2; i++) await round();
  const before = { fds: openFds(), threads: threads() };
  for (let i = 0; i < 10; i++) await round();
  await until(() => threads() <= before.threads && openFds() <= before.fds);
}, 60_000);

test.each(['terminated', 'destroys'])('a pool in a worker_thread that %s', async (how) => {
  const thread = new Worker(fixture('in-thread'), { workerData: how });
  const ended = once(thread, 'exit');
  expect((await once(thread, 'message'))[0]).toEqual({ right: true });
  if (how === 'terminated') {
    const [{ pids }] = await once(thread, 'message');
    expect(pids.filter(isRunning)).toHaveLength(2);
    await thread.terminate();
    await until(() => !pids.some(isRunning));
  } else {
    expect(await ended).toEqual([0]);
  }
});

test('a pool in a task of a pool', async () => {
  const pool = makePool({ filename: fixture('nested') });
  expect(await pool.run(10)).toBe(55);
});

test('the workers of such a pool go with the worker', async () => {
  const pool = makePool({ filename: fixture('nested') });
  const pids = await pool.run(null, { name: 'leaves' });
  expect(pids.filter(isRunning)).toHaveLength(1);
  for (const pid of workerPids(pool)) process.kill(pid, 'SIGKILL');
  await until(() => !pids.some(isRunning));
});
