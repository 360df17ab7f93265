'use strict';
// Workers that somebody kills. Seen elsewhere: what waited behind the victim is lost, a task for an idle worker that has just been killed never
// ends, a pool all of whose workers were killed runs nothing any more.

const { begin, endPools, makePool, outcome, until, workerPids } = require('./lib/pools.js');

afterEach(endPools);

test.each(['SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGBUS'])(
  '%s to a busy worker with others queued: one task is lost, and says so',
  async (signal) => {
    const pool = makePool();
    const { begun, result } = begin(pool, 'never');
    const queued = Array.from({ length: 50 }, (_, i) => pool.run({ a: i, b: 1 }, { name: 'add' }));
    await begun;
    process.kill(workerPids(pool)[0], signal);
    expect(await outcome(result)).toMatchObject({ name: 'WorkerError', code: 'ERR_PROCS_WORKER_SIGNAL', reason: 'signal', signal });
    expect(await Promise.all(queued)).toEqual(queued.map((_, i) => i + 1));
  },
);

test('the queue of a dead worker moves on while another is busy', async () => {
  const pool = makePool({ minWorkers: 2, maxWorkers: 2, prefetch: 8 });
  const tasks = [begin(pool, 'never'), begin(pool, 'never')];
  await Promise.all(tasks.map(({ begun }) => begun));
  // Some of them are written to both already.
  const queued = Array.from({ length: 100 }, (_, i) => pool.run({ a: i, b: 1 }, { name: 'add' }));
  for (const pid of workerPids(pool)) process.kill(pid, 'SIGKILL');
  for (const { result } of tasks) expect(await outcome(result)).toMatchObject({ reason: 'signal', signal: 'SIGKILL' });
  expect(await Promise.all(queued)).toEqual(queued.map((_, i) => i + 1));
});

test('kill -9 of an idle worker before the next task', async () => {
  const pool = makePool();
  for (let i = 0; i < 5; i++) {
    const pid = await pool.run(null, { name: 'pid' });
    process.kill(pid, 'SIGKILL');
    // In the same turn: it cannot be known yet. What has not begun is not lost.
    expect(await pool.run({ a: i, b: 1 }, { name: 'add' })).toBe(i + 1);
  }
});

test('every worker is killed at once, several times', async () => {
  const pool = makePool({ minWorkers: 4, maxWorkers: 4 });
  for (let round = 0; round < 3; round++) {
    const tasks = Array.from({ length: 4 }, () => begin(pool, 'never'));
    await Promise.all(tasks.map(({ begun }) => begun));
    for (const pid of workerPids(pool)) process.kill(pid, 'SIGKILL');
    for (const { result } of tasks) expect(await outcome(result)).toMatchObject({ code: 'ERR_PROCS_WORKER_SIGNAL' });
  }
  expect(await pool.run({ a: 1, b: 1 }, { name: 'add' })).toBe(2);
});

test('a worker that kills itself in a task, and one that aborts', async () => {
  const pool = makePool({ stderr: 'ignore' });
  expect(await outcome(pool.run('SIGKILL', { name: 'kill' }))).toMatchObject({ reason: 'signal', signal: 'SIGKILL' });
  expect(await outcome(pool.run(null, { name: 'crash' }))).toMatchObject({ reason: 'signal', signal: 'SIGABRT' });
  expect(await pool.run({ a: 1, b: 1 }, { name: 'add' })).toBe(2);
});

test('what was answered before the kill stays answered, what had begun is not run twice', async () => {
  const pool = makePool({ prefetch: 64 });
  const all = Array.from({ length: 40 }, (_, i) =>
    i === 20 ? pool.run('SIGKILL', { name: 'kill' }) : pool.run({ a: i, b: 0 }, { name: 'add' }),
  );
  const outcomes = await Promise.all(all.map(outcome));
  expect(outcomes.map(({ result, reason }) => result ?? reason)).toEqual(outcomes.map((_, i) => (i === 20 ? 'signal' : i)));
});

test('retries: a task that kills its worker is tried again where this is allowed, and not for ever', async () => {
  const pool = makePool({ poisonThreshold: 3 });
  expect(await outcome(pool.run('SIGKILL', { name: 'kill', retries: 1 }))).toMatchObject({ reason: 'signal', attempts: 2 });
  expect(await outcome(pool.run('SIGKILL', { name: 'kill', retries: 100 }))).toMatchObject({ reason: 'poisoned', attempts: 3 });
  expect(await pool.run({ a: 1, b: 1 }, { name: 'add' })).toBe(2);
});

test('a worker that is stopped is found by its heart, and replaced', async () => {
  const pool = makePool({ unresponsiveTimeout: 1000 });
  const { begun, result } = begin(pool, 'stop');
  await begun;
  const queued = pool.run({ a: 1, b: 1 }, { name: 'add' });
  expect(await outcome(result)).toMatchObject({ code: 'ERR_PROCS_WORKER_UNRESPONSIVE', reason: 'unresponsive' });
  expect(await queued).toBe(2);
});

test('a worker that is stopped goes with its pool', async () => {
  const pool = makePool();
  const { begun, result } = begin(pool, 'stop');
  await begun;
  workerPids(pool);
  const ended = outcome(result);
  await pool.destroy();
  expect(await ended).toMatchObject({ reason: 'shutdown' });
});

test('idle workers that are killed are replaced, up to minWorkers', async () => {
  const pool = makePool({ minWorkers: 2, maxWorkers: 2 });
  await Promise.all([begin(pool, 'sleep', 1).result, begin(pool, 'sleep', 1).result]);
  await until(() => workerPids(pool).length === 2);
  const before = workerPids(pool);
  for (const pid of before) process.kill(pid, 'SIGKILL');
  await until(() => {
    const now = pool.stats().workers.filter(({ pid }) => !before.includes(pid));
    return now.length === 2;
  });
  expect(await pool.run({ a: 1, b: 1 }, { name: 'add' })).toBe(2);
});
