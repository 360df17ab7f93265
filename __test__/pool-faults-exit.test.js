'use strict';
// Workers that end by themselves. Seen elsewhere: process.exit() in a task, or behind one, leaves a worker that is no more in the books, and
// the next task hangs; an unhandled rejection outside of a task ends the application, or nobody hears of it.

const { endPools, makePool, outcome, until } = require('./lib/pools.js');

afterEach(endPools);

test.each([0, 1, 7])('process.exit(%i) in a task', async (exitCode) => {
  const pool = makePool();
  const queued = [pool.run(exitCode, { name: 'exit' }), pool.run({ a: 1, b: 1 }, { name: 'add' })];
  expect(await outcome(queued[0])).toMatchObject({ name: 'WorkerError', code: 'ERR_PROCS_WORKER_EXIT', reason: 'exit', exitCode });
  expect(await queued[1]).toBe(2);
});

test('process.exit() in a task: answers of the same breath are not lost', async () => {
  const pool = makePool({ prefetch: 64 });
  const all = Array.from({ length: 30 }, (_, i) => (i === 20 ? pool.run(3, { name: 'exit' }) : pool.run({ a: i, b: 0 }, { name: 'add' })));
  const outcomes = await Promise.all(all.map(outcome));
  expect(outcomes.map(({ result, exitCode }) => result ?? `exit ${exitCode}`)).toEqual(outcomes.map((_, i) => (i === 20 ? 'exit 3' : i)));
});

test.each(['exitLater', 'throwLater', 'rejectLater'])(
  '%s: the task was answered, and those after it go to the next worker',
  async (name) => {
    const pool = makePool({ stderr: 'ignore' });
    for (let i = 0; i < 3; i++) {
      const pid = await pool.run(null, { name: 'pid' });
      expect(await pool.run(`round ${i}`, { name })).toBe('answered');
      await until(async () => (await outcome(pool.run(null, { name: 'pid' }))).result !== pid);
    }
  },
);

test('an uncaught error takes the worker along: its running tasks say why', async () => {
  const pool = makePool({ stderr: 'ignore', concurrentTasksPerWorker: 2 });
  const waits = pool.run(60_000, { name: 'sleep' });
  expect(await pool.run('out of the blue', { name: 'throwLater' })).toBe('answered');
  const ended = await outcome(waits);
  expect(ended).toMatchObject({ name: 'WorkerError', reason: 'exit', exitCode: 1 });
  expect(ended.error.cause).toMatchObject({ name: 'RangeError', message: 'out of the blue' });
});

test('a hundred that exit, one after the other, and none of the others is lost', async () => {
  const pool = makePool({ minWorkers: 2, maxWorkers: 2 });
  const all = Array.from({ length: 60 }, (_, i) =>
    i % 6 === 0 ? pool.run(0, { name: 'exit' }) : pool.run({ a: i, b: 0 }, { name: 'add' }),
  );
  const outcomes = await Promise.all(all.map(outcome));
  expect(outcomes.map(({ result, reason }) => result ?? reason)).toEqual(outcomes.map((_, i) => (i % 6 === 0 ? 'exit' : i)));
});
