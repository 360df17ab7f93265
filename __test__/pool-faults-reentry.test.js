'use strict';
// A pool is asked for something in the middle of telling something.

const { begin, endPools, makePool, outcome, workerPids } = require('./lib/pools.js');
const { isRunning } = require('./lib/own-children.js');

afterEach(endPools);

test('run() in a result, a thousand deep', async () => {
  const pool = makePool();
  const next = (n) => (n === 0 ? 0 : pool.run({ a: n, b: 0 }, { name: 'add' }).then(() => next(n - 1)));
  expect(await next(1000)).toBe(0);
});

test('destroy() in a result, with others on their way', async () => {
  const pool = makePool({ minWorkers: 2, maxWorkers: 2, prefetch: 32 });
  let destroyed;
  const run = (i) => {
    const end = pool.run({ a: i, b: 0 }, { name: 'add' });
    if (i === 100) {
      end.then(() => {
        destroyed = pool.destroy();
      });
    }
    return outcome(end);
  };
  const all = Array.from({ length: 500 }, (_, i) => run(i));
  for (const [i, { result, reason }] of (await Promise.all(all)).entries())
    expect(result ?? reason).toBe(result === undefined ? 'shutdown' : i);
  await destroyed;
});

test('destroy() in onProgress', async () => {
  const pool = makePool();
  let destroyed;
  const end = await outcome(
    pool.run(null, {
      name: 'endless',
      onProgress() {
        workerPids(pool);
        destroyed = pool.destroy();
      },
    }),
  );
  expect(end).toMatchObject({ reason: 'shutdown' });
  await destroyed;
});

test('run() and abort() in an abort', async () => {
  const pool = makePool({ abortGrace: 50 });
  const [one, two] = [new AbortController(), new AbortController()];
  const first = begin(pool, 'never', null, { signal: one.signal });
  const second = outcome(pool.run(1, { name: 'echo', signal: two.signal }));
  await first.begun;
  let third;
  one.signal.addEventListener('abort', () => {
    two.abort();
    third = pool.run(3, { name: 'echo' });
  });
  one.abort();
  expect(await outcome(first.result)).toMatchObject({ code: 'ABORT_ERR' });
  expect(await second).toMatchObject({ code: 'ABORT_ERR' });
  expect(await third).toBe(3);
});

test('workers that are killed in results', async () => {
  const pool = makePool({ minWorkers: 2, maxWorkers: 2 });
  let kills = 0;
  const one = async (i) => {
    const { result } = await outcome(pool.run({ a: i, b: 0 }, { name: 'add', retries: 10 }));
    if (i % 50 === 0) {
      for (const pid of workerPids(pool)) {
        if (!isRunning(pid)) continue;
        process.kill(pid, 'SIGKILL');
        kills++;
      }
    }
    return result;
  };
  const all = await Promise.all(Array.from({ length: 200 }, (_, i) => one(i)));
  expect(all).toEqual(all.map((_, i) => i));
  expect(kills).toBeGreaterThan(0);
});

test('close() in the result of the last', async () => {
  const pool = makePool();
  await pool.run(1, { name: 'echo' }).then(() => pool.close());
  expect(await outcome(pool.run(1, { name: 'echo' }))).toMatchObject({ code: 'ERR_PROCS_POOL_CLOSED' });
});
