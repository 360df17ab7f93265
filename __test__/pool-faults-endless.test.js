'use strict';
// Tasks that do not end. Seen elsewhere: the timeout is told and the worker goes on burning a CPU, or takes the next task along when it is
// ended at last; what waited behind it hangs; the worker outlives its pool.

const { begin, endPools, makePool, outcome, until, workerPids } = require('./lib/pools.js');
const { isRunning } = require('./lib/own-children.js');

afterEach(endPools);

test.each(['endless', 'never'])('%s, with a timeout: it is told, the worker is replaced, those behind it run', async (name) => {
  const pool = makePool({ abortGrace: 100 });
  const pid = await pool.run(null, { name: 'pid' });
  const result = outcome(pool.run(null, { name, timeout: 300 }));
  const behind = Array.from({ length: 10 }, (_, i) => pool.run({ a: i, b: 0 }, { name: 'add' }));
  expect(await result).toMatchObject({ name: 'WorkerError', code: 'ERR_PROCS_TASK_TIMEOUT', reason: 'timeout' });
  expect(await Promise.all(behind)).toEqual(behind.map((_, i) => i));
  expect(await pool.run(null, { name: 'pid' })).not.toBe(pid);
  // The next one does not wait for its last moments.
  await until(() => !isRunning(pid));
});

test('a task that ends when its signal says so leaves its worker alive', async () => {
  const pool = makePool({ abortGrace: 20_000 });
  const pid = await pool.run(null, { name: 'pid' });
  expect(await outcome(pool.run(null, { name: 'patient', timeout: 200 }))).toMatchObject({ reason: 'timeout' });
  expect(await pool.run(null, { name: 'pid' })).toBe(pid);
});

test('a task that is asked for while another is being given up is not ended with it', async () => {
  const pool = makePool({ abortGrace: 50 });
  for (let i = 0; i < 3; i++) {
    expect(await outcome(pool.run(null, { name: 'never', timeout: 100 }))).toMatchObject({ reason: 'timeout' });
    // Within abortGrace, for which the worker is there still.
    expect(await pool.run(80, { name: 'sleep' })).toBe(undefined);
  }
});

test('the worker of an endless task goes with the program that it has started', async () => {
  const pool = makePool({ abortGrace: 50 });
  const started = await pool.run(null, { name: 'startsProgram' });
  expect(isRunning(started)).toBe(true);
  expect(await outcome(pool.run(null, { name: 'endless', timeout: 100 }))).toMatchObject({ reason: 'timeout' });
  // A tree is ended on a thread of its own.
  await until(() => !isRunning(started));
});

test('without a timeout it is found by its heart', async () => {
  const pool = makePool({ unresponsiveTimeout: 1000 });
  const { begun, result } = begin(pool, 'endless');
  await begun;
  expect(await outcome(result)).toMatchObject({ reason: 'unresponsive' });
  expect(await pool.run({ a: 1, b: 1 }, { name: 'add' })).toBe(2);
});

test('destroy() ends it, and what waits is told', async () => {
  const pool = makePool();
  const { begun, result } = begin(pool, 'endless');
  const waiting = pool.run(1, { name: 'echo' });
  await begun;
  const [pid] = workerPids(pool);
  const ends = [outcome(result), outcome(waiting)];
  await pool.destroy();
  expect(isRunning(pid)).toBe(false);
  for (const end of await Promise.all(ends)) expect(end).toMatchObject({ name: 'WorkerError', reason: 'shutdown' });
});

test('a worker that ignores signals and holds itself open goes with close()', async () => {
  const pool = makePool();
  const pid = await pool.run(null, { name: 'keepsOpen' });
  await pool.close();
  expect(isRunning(pid)).toBe(false);
});

test('queueTimeout and timeout count apart: one from when it was asked for, one from when it began', async () => {
  const pool = makePool({ abortGrace: 50 });
  await pool.run(null, { name: 'pid' });
  const first = outcome(pool.run(null, { name: 'never', timeout: 2000 }));
  const late = outcome(pool.run(1, { name: 'echo', queueTimeout: 100 }));
  // It waits for longer than that.
  const right = pool.run(1, { name: 'echo', timeout: 1900 });
  expect(await late).toMatchObject({ code: 'ERR_PROCS_TASK_QUEUE_TIMEOUT', reason: 'timeout' });
  expect(await first).toMatchObject({ reason: 'timeout' });
  expect(await right).toBe(1);
});
