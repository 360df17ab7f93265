'use strict';
// Aborts. Seen elsewhere: after some in the wrong order what is behind never starts; a task is ended with another one that shares its worker;
// a warning for the eleventh listener.

const { begin, endPools, makePool, outcome, workerPids } = require('./lib/pools.js');

afterEach(endPools);

test('10,000 at once, by one signal: each is told, nothing is run, the pool goes on', async () => {
  const warned = jest.fn();
  process.on('warning', warned);
  const pool = makePool({ maxQueue: Number.POSITIVE_INFINITY, abortGrace: 100 });
  const { begun } = begin(pool, 'never', null, { timeout: 20_000 });
  await begun;
  const controller = new AbortController();
  const all = Array.from({ length: 10_000 }, (_, i) => outcome(pool.run({ a: i, b: 0 }, { name: 'add', signal: controller.signal })));
  const reason = new Error('enough');
  controller.abort(reason);
  const ends = await Promise.all(all);
  expect(ends.filter(({ name, code }) => name === 'AbortError' && code === 'ABORT_ERR')).toHaveLength(10_000);
  expect(ends[0].error.cause).toBe(reason);
  expect(pool.stats().queued).toBe(0);
  // It waits for its turn behind the one that never ends.
  for (const pid of workerPids(pool)) process.kill(pid, 'SIGKILL');
  expect(await pool.run({ a: 1, b: 1 }, { name: 'add' })).toBe(2);
  process.off('warning', warned);
  expect(warned).not.toHaveBeenCalled();
});

test('10,000 at once, each by its own signal, while they run', async () => {
  const pool = makePool({ minWorkers: 2, maxWorkers: 2, maxQueue: Number.POSITIVE_INFINITY });
  const controllers = Array.from({ length: 10_000 }, () => new AbortController());
  const all = controllers.map(({ signal }, i) => outcome(pool.run({ a: i, b: 0 }, { name: 'add', signal })));
  await Promise.race(all);
  for (const controller of controllers) controller.abort();
  const ends = await Promise.all(all);
  // Those that were there before, and the others.
  ends.forEach(({ result, code }, i) => {
    expect(result ?? code).toBe(code === undefined ? i : 'ABORT_ERR');
  });
  expect(await pool.run({ a: 1, b: 1 }, { name: 'add' })).toBe(2);
});

test('the second is aborted, then the first: the third runs', async () => {
  const pool = makePool({ abortGrace: 50 });
  const [one, two] = [new AbortController(), new AbortController()];
  const first = begin(pool, 'never', null, { signal: one.signal });
  const second = outcome(pool.run(1, { name: 'echo', signal: two.signal }));
  const third = pool.run(3, { name: 'echo' });
  await first.begun;
  two.abort();
  one.abort();
  expect(await second).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
  expect(await outcome(first.result)).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
  expect(await third).toBe(3);
});

test('a task that shares its worker with one that is aborted, and that ends as it should, goes on', async () => {
  const pool = makePool({ concurrentTasksPerWorker: 2 });
  const controller = new AbortController();
  const { begun, result } = begin(pool, 'patient', null, { signal: controller.signal });
  const beside = pool.run(300, { name: 'sleep' });
  await begun;
  controller.abort();
  expect(await outcome(result)).toMatchObject({ code: 'ABORT_ERR' });
  expect(await beside).toBe(undefined);
});

test('what was prefetched and is aborted is not run', async () => {
  const file = require('node:path').join(require('node:os').tmpdir(), `procs-abort-${process.pid}-${Date.now()}`);
  const pool = makePool({ prefetch: 64, abortGrace: 10_000 });
  const controller = new AbortController();
  const first = pool.run(200, { name: 'sleep' });
  const noted = Array.from({ length: 20 }, (_, i) =>
    outcome(pool.run({ file, text: `${i}` }, { name: 'note', signal: controller.signal })),
  );
  await new Promise(setImmediate);
  controller.abort();
  for (const end of await Promise.all(noted)) expect(end).toMatchObject({ code: 'ABORT_ERR' });
  await first;
  expect(await pool.run(1, { name: 'echo' })).toBe(1);
  expect(require('node:fs').existsSync(file)).toBe(false);
});

test('aborted before it is asked for, and after it is answered', async () => {
  const pool = makePool();
  const reason = new Error('too late');
  expect(await outcome(pool.run(1, { name: 'echo', signal: AbortSignal.abort(reason) }))).toMatchObject({ name: 'AbortError' });
  const controller = new AbortController();
  expect(await pool.run(1, { name: 'echo', signal: controller.signal })).toBe(1);
  controller.abort();
  expect(await pool.run(2, { name: 'echo' })).toBe(2);
});
