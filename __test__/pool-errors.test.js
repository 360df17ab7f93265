'use strict';
// What arrives of what went wrong.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { WorkerError } = require('../js/index.js');
const { begin, endPools, makePool, outcome } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

const pool = (options) => makePool({ filename: WORKS, ...options });
const failure = async (promise) => (await outcome(promise)).error;

describe('of a task', () => {
  test('class, name, message, stack, code, cause and what else it has', async () => {
    const error = await failure(pool().run('own', { name: 'fails' }));
    expect(error).toBeInstanceOf(RangeError);
    expect(error).not.toBeInstanceOf(WorkerError);
    expect(error).toMatchObject({ name: 'NoSuchUser', message: 'nobody', code: 'E_NO_SUCH_USER', user: { id: 7 } });
    expect(error.stack).toContain(path.join('fixtures', 'pool', 'works.js'));
    expect(error.cause).toBeInstanceOf(TypeError);
    expect(error.cause.message).toBe('the cause');
  });

  test('of every kind, thrown or rejected', async () => {
    const works = pool();
    const thrown = (what) => failure(works.run(what, { name: 'fails' }));
    expect(await thrown('value')).toEqual({ no: 'error' });
    const both = await thrown('aggregate');
    expect(both).toBeInstanceOf(AggregateError);
    expect(both.errors.map(({ message }) => message)).toEqual(['one', 'two']);
    expect(await thrown('dom')).toMatchObject({ name: 'QuotaExceededError', message: 'enough' });
    expect(await thrown('later')).toBeInstanceOf(SyntaxError);
    expect(await thrown('plain')).toMatchObject({ name: 'Error', message: 'plain' });
  });

  test('each task its own, and those beside it are not concerned', async () => {
    const works = pool();
    const all = Array.from({ length: 300 }, (_, i) =>
      outcome(i % 2 === 0 ? works.run(i, { name: 'echo' }) : works.run(i, { name: 'fails' })),
    );
    const outcomes = await Promise.all(all);
    expect(outcomes.findIndex(({ result, message }, i) => (i % 2 === 0 ? result !== i : message !== `${i}`))).toBe(-1);
    expect(new Set(outcomes.map(({ error }) => error)).size).toBe(151);
  });
});

describe('of its worker', () => {
  test('exit', async () => {
    const works = pool();
    const { error, ...told } = await outcome(works.run(7, { name: 'exit' }));
    expect(told).toMatchObject({ name: 'WorkerError', code: 'ERR_PROCS_WORKER_EXIT', reason: 'exit', exitCode: 7, attempts: 1 });
    expect(error).toBeInstanceOf(WorkerError);
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toContain('code 7');
    expect(error.workerId).toBeGreaterThan(0);
    expect(error.signal).toBe(null);
    expect(Object.keys(error)).toEqual(
      expect.arrayContaining(['code', 'reason', 'workerId', 'exitCode', 'signal', 'attempts', 'waited', 'ran']),
    );
    expect(await outcome(works.run(0, { name: 'exit' }))).toMatchObject({ reason: 'exit', exitCode: 0 });
  });

  test('signal', async () => {
    const { error, ...told } = await outcome(pool().run('SIGTERM', { name: 'kill' }));
    expect(told).toMatchObject({ code: 'ERR_PROCS_WORKER_SIGNAL', reason: 'signal', signal: 'SIGTERM' });
    expect(error.message).toContain('SIGTERM');
    expect(error.exitCode).toBe(null);
  });

  test('retries: another worker does it', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-pool-'));
    try {
      const works = pool({ retries: 1 });
      expect(await works.run({ file: path.join(folder, 'a'), signal: 'SIGKILL' }, { name: 'killsOnce' })).toBe('alive');
      const none = works.run({ file: path.join(folder, 'b'), signal: 'SIGKILL' }, { name: 'killsOnce', retries: 0 });
      expect(await outcome(none)).toMatchObject({ reason: 'signal', attempts: 1 });
      expect(works.stats()).toMatchObject({ retried: 1, ended: { signal: 1 } });
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  test('a task that killed as many workers as poisonThreshold is not tried again', async () => {
    const works = pool({ poisonThreshold: 2 });
    const { error, ...told } = await outcome(works.run('SIGKILL', { name: 'kill', retries: 10 }));
    expect(told).toMatchObject({ code: 'ERR_PROCS_TASK_POISONED', reason: 'poisoned', attempts: 2 });
    expect(error.message).toContain('2 workers');
  });
});

describe('of a start', () => {
  const FAILS = path.join(__dirname, 'fixtures/pool/fails-to-start.js');

  test('what setup() threw, with its stack', async () => {
    const works = pool({ filename: FAILS, workerData: { how: 'setup throws' } });
    const { error, ...told } = await outcome(works.run(1));
    expect(told).toMatchObject({ name: 'WorkerError', code: 'ERR_PROCS_WORKER_START', reason: 'start' });
    expect(error.message).toContain('no database');
    expect(error.stack).toContain('fails-to-start.js');
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.cause.message).toBe('no database');
  });

  test('a file that is not there', async () => {
    const { error } = await outcome(pool({ filename: path.join(__dirname, 'no-such-file.js') }).run(1));
    expect(error).toMatchObject({ reason: 'start', cause: { code: expect.stringMatching(/MODULE_NOT_FOUND/) } });
    expect(error.message).toContain('no-such-file.js');
  });

  test('a process that ends before it is up', async () => {
    const { error } = await outcome(pool({ filename: FAILS, workerData: { how: 'exits' } }).run(1));
    expect(error).toMatchObject({ reason: 'start', cause: { code: 'ERR_PROCS_WORKER_EXIT', exitCode: 3 } });
  });

  test('nobody waits: the event says so', async () => {
    const works = pool({ filename: FAILS, workerData: { how: 'setup throws' } });
    const error = await new Promise((resolve) => works.once('error', resolve));
    expect(error).toMatchObject({ name: 'WorkerError', reason: 'start' });
    expect(error.cause.message).toBe('no database');
  });
});

describe('what it says', () => {
  test('of time: what it was at when that was up', async () => {
    const works = pool({ maxWorkers: 1, prefetch: 0, abortGrace: 600_000 });
    const held = begin(works, 'gate', 'held');
    await held.begun;
    const never = await outcome(works.run(1, { name: 'echo', deadline: 20 }));
    expect(never).toMatchObject({ code: 'ERR_PROCS_TASK_TIMEOUT', attempts: 0 });
    expect(never.message).toMatch(/^The task was not done by its deadline, [\d.]+ ms after run\(\): it was never begun$/);
    const late = await outcome(works.run(1, { name: 'echo', queueTimeout: 20 }));
    expect(late.message).toMatch(/^The task was not begun within its queueTimeout: it has waited for \d+ ms$/);
    works.broadcast({ open: 'held' });
    await held.result;
    const slow = await outcome(works.run(1, { name: 'willing', timeout: 20 }));
    expect(slow.message).toMatch(/^The task was not done within its timeout: it has run for \d+ ms$/);
    const running = begin(works, 'willing', 1, { deadline: 1000 });
    await running.begun;
    expect((await outcome(running.result)).message).toMatch(
      /^The task was not done by its deadline, \d+ ms after run\(\): it has run for \d+ ms$/,
    );
  });

  test('of the end of its worker: whether it had begun', async () => {
    const works = pool({ maxWorkers: 1 });
    const { begun, result } = begin(works, 'never');
    await begun;
    const each = works.runOnEach(1, { name: 'echo' });
    process.kill(works.workers[0].pid, 'SIGKILL');
    expect((await outcome(result)).message).toBe('The worker was ended by SIGKILL while it ran the task');
    const [{ reason }] = await each;
    expect(reason).toMatchObject({
      signal: 'SIGKILL',
      attempts: 0,
      message: 'The worker was ended by SIGKILL before it had begun the task',
    });
  });

  test('of the end of its worker: that another task was the reason', async () => {
    const works = pool({ maxWorkers: 1, concurrentTasksPerWorker: 2, abortGrace: 20 });
    const controller = new AbortController();
    const other = begin(works, 'stubborn', null, { signal: controller.signal });
    const { begun, result } = begin(works, 'never');
    await Promise.all([other.begun, begun]);
    controller.abort();
    expect(await outcome(other.result)).toMatchObject({ code: 'ABORT_ERR', message: 'The task was aborted' });
    const { message, ...told } = await outcome(result);
    expect(told).toMatchObject({ reason: 'signal', signal: 'SIGKILL' });
    expect(message).toBe(
      'The worker was ended by SIGKILL while it ran the task, because of another task: one that was given up, and had not stopped within abortGrace',
    );
  });

  test('of a pool that is closed by force: nobody has aborted it', async () => {
    const works = pool({ maxWorkers: 1, prefetch: 0 });
    const { begun, result } = begin(works, 'gate', 'held');
    await begun;
    const dropped = outcome(works.run(1, { name: 'echo' }));
    const closed = works.close({ force: true });
    expect(await dropped).toMatchObject({
      name: 'AbortError',
      code: 'ABORT_ERR',
      message: 'The task was not begun before the pool was closed, by force',
    });
    await Promise.all([outcome(result), closed, works.destroy()]);
  });
});
