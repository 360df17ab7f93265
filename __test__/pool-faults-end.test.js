'use strict';
// The end of a program that has a pool. Seen elsewhere: a worker in an endless task outlives its parent; a pool that has nothing to do keeps
// the program from ending; what is written to a worker that is at its end throws where nobody can catch it.

const path = require('node:path');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { text } = require('node:stream/consumers');
const { isRunning } = require('./lib/own-children.js');
const { endPools, makePool, outcome, until, workerPids } = require('./lib/pools.js');

afterEach(endPools);

/** Starts it, and resolves when its workers are busy. */
async function start(how) {
  const child = spawn(process.execPath, [path.join(__dirname, 'fixtures', 'pool', 'ends.js'), how], { stdio: ['ignore', 'pipe', 'pipe'] });
  const errors = text(child.stderr);
  const ended = once(child, 'exit');
  const [first] = await Promise.race([
    once(child.stdout, 'data'),
    ended.then(async (end) => Promise.reject(new Error(`${end} ${await errors}`))),
  ]);
  return { child, ended, pids: JSON.parse(first) };
}

test.each([
  ['exit', undefined, [0, null]],
  ['throws', undefined, [1, null]],
  ['waits', 'SIGTERM', [null, 'SIGTERM']],
  ['waits, never', 'SIGTERM', [null, 'SIGTERM']],
  ['waits', 'SIGKILL', [null, 'SIGKILL']],
  ['blocked', 'SIGKILL', [null, 'SIGKILL']],
  ['blocked', 'SIGTERM', [null, 'SIGTERM']],
])('%s, %s: no worker is left', async (how, signal, expected) => {
  const { child, ended, pids } = await start(how);
  expect(pids).toHaveLength(2);
  if (signal) child.kill(signal);
  expect(await ended).toEqual(expected);
  await until(() => !pids.some(isRunning));
});

test('a program whose pool is idle ends by itself', async () => {
  const { ended, pids } = await start('idle');
  expect(await ended).toEqual([0, null]);
  await until(() => !pids.some(isRunning));
});

test('unless it is asked to keep it', async () => {
  const { child, ended, pids } = await start('idle, ref');
  // It has said its last word; whoever holds nothing would be gone by the time that another has come and gone.
  const other = await start('idle');
  await other.ended;
  expect(child.exitCode).toBe(null);
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
  await until(() => !pids.some(isRunning));
});

test('destroy() takes the queue along, and tells each', async () => {
  const pool = makePool({ minWorkers: 2, maxWorkers: 2, maxQueue: Number.POSITIVE_INFINITY });
  const all = Array.from({ length: 1000 }, (_, i) => outcome(pool.run(20, { name: i % 2 ? 'sleep' : 'echo' })));
  await Promise.race(all);
  const pids = workerPids(pool);
  await Promise.all([pool.destroy(), pool.destroy()]);
  const ends = await Promise.all(all);
  expect(ends.filter(({ error, reason }) => error && reason !== 'shutdown')).toEqual([]);
  expect(ends.filter(({ reason }) => reason === 'shutdown').length).toBeGreaterThan(0);
  expect(pids.filter(isRunning)).toEqual([]);
});

test('close() lets what was asked for be done; what is asked for then is refused', async () => {
  const pool = makePool({ minWorkers: 2, maxWorkers: 2 });
  const all = Array.from({ length: 50 }, (_, i) => pool.run({ a: i, b: 0 }, { name: 'add' }));
  const closed = pool.close();
  expect(await outcome(pool.run(1, { name: 'echo' }))).toMatchObject({ code: 'ERR_PROCS_POOL_CLOSED' });
  expect(await Promise.all(all)).toEqual(all.map((_, i) => i));
  await closed;
});

test('destroy() behind close(), while a task does not end', async () => {
  const pool = makePool();
  const never = outcome(pool.run(null, { name: 'never' }));
  const closed = pool.close();
  await until(() => pool.stats().running === 1);
  await Promise.all([pool.destroy(), closed]);
  expect(await never).toMatchObject({ reason: 'shutdown' });
});

test('workers that are killed while the pool is being closed', async () => {
  const pool = makePool({ minWorkers: 2, maxWorkers: 2, prefetch: 8 });
  const all = Array.from({ length: 100 }, (_, i) => outcome(pool.run({ a: i, b: 0 }, { name: 'add', retries: 5 })));
  await Promise.race(all);
  const closed = pool.close();
  for (const pid of workerPids(pool)) process.kill(pid, 'SIGKILL');
  const ends = await Promise.all(all);
  expect(ends.map(({ result }) => result)).toEqual(ends.map((_, i) => i));
  await closed;
});

test('a pool of no workers that has shrunk to nothing runs the next task', async () => {
  const pool = makePool({ minWorkers: 0, maxWorkers: 2, idleTimeout: 50 });
  for (let i = 0; i < 2; i++) {
    expect(await pool.run({ a: i, b: 1 }, { name: 'add' })).toBe(i + 1);
    await until(() => pool.stats().workers.length === 0);
  }
});
