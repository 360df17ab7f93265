'use strict';
// Workers that die while they start. Seen elsewhere: run() never answers; or workers are started again and again, as fast as it goes; or
// destroy() in the middle of it hangs, or throws where nobody can catch it.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { endPools, makePool, outcome, until, workerPids } = require('./lib/pools.js');
const { isRunning } = require('./lib/own-children.js');

afterEach(endPools);

const filename = path.join(__dirname, 'fixtures', 'pool', 'fails-to-start.js');
const failing = (how, options) => makePool({ filename, workerData: { how }, stderr: 'ignore', ...options });

test.each([
  ['throws', { reason: 'start', cause: 'not today' }],
  ['setup throws', { reason: 'start', cause: 'no database' }],
  ['setup unclonable', { reason: 'start', cause: 'with a function' }],
  ['exits', { reason: 'start', exitCode: 3 }],
  ['setup exits', { reason: 'start', exitCode: 4 }],
])('%s: the first failure rejects what waits, and says why', async (how, { cause, ...told }) => {
  const pool = failing(how);
  const ends = await Promise.all([outcome(pool.run(1)), outcome(pool.run(2))]);
  for (const end of ends) {
    expect(end).toMatchObject({ name: 'WorkerError', code: 'ERR_PROCS_WORKER_START', ...told });
    if (cause !== undefined) {
      expect(end.error.cause.message).toBe(cause);
      expect(end.error.cause.stack).toContain('fails-to-start.js');
    }
  }
});

test.each(['wrong-syntax.cjs', 'wrong-syntax.mjs'])('%s: the stack says which file it is', async (name) => {
  // Not kept as files: those are all looked at by whoever looks at sources.
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'procs-syntax-'));
  const wrong = path.join(folder, name);
  fs.writeFileSync(wrong, 'const a = ;\n');
  try {
    const { error } = await outcome(makePool({ filename: wrong, stderr: 'ignore' }).run(1));
    expect(error.cause).toBeInstanceOf(SyntaxError);
    for (const { stack } of [error, error.cause]) expect(stack.split('\n')[0]).toContain(wrong);
    expect(error.stack).toContain(`\nWorkerError: ${error.message}\n    at `);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('killed: not for ever', async () => {
  const pool = failing('killed', { backoff: { initial: 1, max: 2 } });
  expect(await outcome(pool.run(1))).toMatchObject({ reason: 'start', signal: 'SIGKILL' });
});

test.each(['endless', 'setup never'])('%s: startTimeout ends it', async (how) => {
  const pool = failing(how, { startTimeout: 400 });
  expect(await outcome(pool.run(1))).toMatchObject({ name: 'WorkerError', code: 'ERR_PROCS_WORKER_START', reason: 'start' });
});

test('a module that is not there, an export that is not there, a program that is not there', async () => {
  const missing = makePool({ filename: path.join(__dirname, 'no-such-module.js'), stderr: 'ignore' });
  const first = await outcome(missing.run(1));
  expect(first).toMatchObject({ reason: 'start' });
  expect(first.error.cause.code).toMatch(/MODULE_NOT_FOUND$/);

  const pool = makePool();
  expect((await outcome(pool.run(1, { name: 'noSuchTask' }))).code).toBe('ERR_PROCS_NO_SUCH_TASK');
  expect(await pool.run({ a: 1, b: 1 }, { name: 'add' })).toBe(2);
});

test('it is not tried again as fast as it goes', async () => {
  const pool = failing('exits', { maxRestarts: 3, restartWindow: 60_000, backoff: { initial: 1, max: 2, jitter: 0 } });
  const seen = new Set();
  const watch = setInterval(() => {
    for (const pid of workerPids(pool)) seen.add(pid);
  }, 1);
  try {
    for (let i = 0; i < 20; i++) expect(await outcome(pool.run(i))).toMatchObject({ reason: 'start' });
  } finally {
    clearInterval(watch);
  }
  expect(seen.size).toBeLessThanOrEqual(5);
});

test.each([0, 1, 5, 20, 60])('destroy() %i ms after the start', async (milliseconds) => {
  const pool = makePool({ minWorkers: 4, maxWorkers: 4 });
  const tasks = Array.from({ length: 8 }, (_, i) => outcome(pool.run(i, { name: 'echo' })));
  if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const pids = workerPids(pool);
  await pool.destroy();
  for (const [i, { result, reason }] of (await Promise.all(tasks)).entries())
    expect(result ?? reason).toBe(result === undefined ? 'shutdown' : i);
  expect(pids.filter(isRunning)).toEqual([]);
});

test('destroy() during a start that never ends', async () => {
  const pool = failing('endless', { minWorkers: 1 });
  const waiting = outcome(pool.run(1));
  await until(() => workerPids(pool).length > 0);
  const pids = workerPids(pool);
  await pool.destroy();
  expect(await waiting).toMatchObject({ reason: 'shutdown' });
  expect(pids.filter(isRunning)).toEqual([]);
});

test('close() of a pool that has never been used, twice; destroy() behind it', async () => {
  const pool = makePool();
  await Promise.all([pool.close(), pool.close()]);
  await pool.destroy();
  expect(await outcome(pool.run(1))).toMatchObject({ code: 'ERR_PROCS_POOL_CLOSED' });
});
