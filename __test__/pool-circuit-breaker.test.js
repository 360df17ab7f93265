'use strict';
// The circuit breaker, and what answers in place of a task.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { endPools, makePool, outcome } = require('./lib/pools.js');
const { runForJson } = require('./lib/run-node.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

let folder;
let broken;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-pool-'));
  broken = path.join(folder, 'broken');
  fs.writeFileSync(broken, '');
});
afterEach(async () => {
  fs.rmSync(folder, { recursive: true });
  await endPools();
});

const pool = (options) => makePool({ filename: WORKS, name: 'failsWhile', ...options });
const FOR_EVER = 2 ** 30;

async function fail(works, count) {
  for (let i = 0; i < count; i++) expect(await outcome(works.run(broken))).toMatchObject({ message: 'not now' });
}

test('it opens when too many have failed, and then nothing is tried', async () => {
  const works = pool({
    circuitBreaker: { volumeThreshold: 4, errorThresholdPercentage: 50, resetTimeout: FOR_EVER, rollingCountTimeout: FOR_EVER },
  });
  const states = [];
  works.on('circuit', (state) => states.push(state));
  await works.run(path.join(folder, 'none'));
  await works.run(path.join(folder, 'none'));
  // Three of five are more than half; two of four are half.
  await fail(works, 1);
  expect(works.circuit).toBe('closed');
  await fail(works, 1);
  expect(works.circuit).toBe('open');
  const { completed } = works.stats();
  expect(await outcome(works.run(broken))).toMatchObject({ code: 'ERR_PROCS_CIRCUIT_OPEN' });
  expect(await outcome(works.run(path.join(folder, 'none')))).toMatchObject({ code: 'ERR_PROCS_CIRCUIT_OPEN' });
  expect(works.stats()).toMatchObject({ completed, circuit: { state: 'open' } });
  expect(states).toEqual(['open']);
});

test('not before volumeThreshold', async () => {
  const works = pool({ circuitBreaker: { volumeThreshold: 6, resetTimeout: FOR_EVER, rollingCountTimeout: FOR_EVER } });
  await fail(works, 5);
  expect(works.circuit).toBe('closed');
  await fail(works, 1);
  expect(works.circuit).toBe('open');
});

test('half-open: some are tried, and when they succeed it is closed', async () => {
  const works = pool({ circuitBreaker: { volumeThreshold: 1, resetTimeout: 30, halfOpenTasks: 2 } });
  const states = [];
  works.on('circuit', (state) => states.push(state));
  await fail(works, 1);
  expect(works.circuit).toBe('open');
  fs.rmSync(broken);
  let first;
  do {
    // The loop has its turn, or nothing else had.
    await new Promise(setImmediate);
    first = await outcome(works.run(broken));
  } while (first.code === 'ERR_PROCS_CIRCUIT_OPEN');
  expect(first.result).toBe('fine');
  expect(works.circuit).toBe('half-open');
  expect(await works.run(broken)).toBe('fine');
  expect(works.circuit).toBe('closed');
  await new Promise(setImmediate);
  expect(states).toEqual(['open', 'half-open', 'closed']);
});

test('half-open: when one fails it is open again; no more than so many are tried', async () => {
  const works = pool({ circuitBreaker: { volumeThreshold: 1, resetTimeout: 30 } });
  await fail(works, 1);
  let tried;
  do {
    await new Promise(setImmediate);
    tried = await Promise.all([outcome(works.run(broken)), outcome(works.run(broken))]);
  } while (tried[0].code === 'ERR_PROCS_CIRCUIT_OPEN');
  expect(tried[0].message).toBe('not now');
  expect(tried[1]).toMatchObject({ code: 'ERR_PROCS_CIRCUIT_OPEN' });
  expect(works.circuit).toBe('open');
});

test('what is no failure: aborted tasks, and what errorFilter says', async () => {
  const works = pool({
    circuitBreaker: { volumeThreshold: 2, resetTimeout: FOR_EVER, errorFilter: (error) => error.message === 'not now' },
    maxQueue: 0,
  });
  await fail(works, 4);
  await outcome(works.run(broken, { signal: AbortSignal.abort() }));
  expect(works.circuit).toBe('closed');
  await outcome(works.run('other', { name: 'fails' }));
  await outcome(works.run('other', { name: 'fails' }));
  expect(works.circuit).toBe('open');
});

test('the death of a worker is a failure', async () => {
  const works = pool({ circuitBreaker: { volumeThreshold: 1, resetTimeout: FOR_EVER } });
  expect(await outcome(works.run(1, { name: 'exit' }))).toMatchObject({ reason: 'exit' });
  expect(works.circuit).toBe('open');
});

test('fallback: in place of what failed, and of what was not tried', async () => {
  const seen = [];
  const works = pool({
    circuitBreaker: { volumeThreshold: 1, resetTimeout: FOR_EVER },
    fallback: async (error, task, options) => {
      seen.push([error.code ?? error.message, task, options.name]);
      return 'instead';
    },
  });
  expect(await works.run(broken)).toBe('instead');
  expect(await works.run(broken, { name: 'echo' })).toBe('instead');
  expect(seen).toEqual([
    ['not now', broken, undefined],
    ['ERR_PROCS_CIRCUIT_OPEN', broken, 'echo'],
  ]);
});

test('fallback alone; what it throws; not for what the caller has called off or said wrongly', async () => {
  let error = new Error('no fallback either');
  const works = pool({
    fallback: () => {
      if (error !== null) throw error;
      return 'instead';
    },
  });
  expect(await outcome(works.run(broken))).toMatchObject({ message: 'no fallback either' });
  error = null;
  expect(await works.run(broken)).toBe('instead');
  expect(await outcome(works.run(broken, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'ABORT_ERR' });
  expect(await outcome(works.run(broken, { timeout: -1 }))).toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  const results = [];
  for await (const result of works.map([broken, broken])) results.push(result);
  expect(results).toEqual(['instead', 'instead']);
  await works.destroy();
  expect(await outcome(works.run(broken))).toMatchObject({ code: 'ERR_PROCS_POOL_CLOSED' });
});

test('what cannot be sent is no failure, and has no other answer', async () => {
  const blob = await fs.openAsBlob(broken);
  fs.writeFileSync(broken, 'not as it was');
  const works = pool({ circuitBreaker: { volumeThreshold: 1, resetTimeout: 0 }, fallback: () => 'instead' });
  const wrong = async () => {
    expect(await outcome(works.run(() => {}))).toMatchObject({ name: 'DataCloneError' });
    expect(await outcome(works.run([Symbol('none')], { name: 'echo' }))).toMatchObject({ name: 'DataCloneError' });
    expect(await outcome(works.run(1, { handle: {} }))).toMatchObject({ code: 'ERR_INVALID_HANDLE_TYPE' });
    expect(await outcome(works.run(blob, { name: 'echo' }))).toMatchObject({ name: 'NotReadableError' });
    expect(await outcome(works.map([() => {}]).next())).toMatchObject({ name: 'DataCloneError' });
  };
  await wrong();
  expect(works.stats().circuit).toEqual({ state: 'closed', failed: 0, succeeded: 0 });
  expect(await works.run(broken)).toBe('instead');
  expect(works.circuit).toBe('open');
  // Nor is it the one that is tried.
  await wrong();
  expect(works.circuit).toBe('half-open');
  expect(await works.run(1, { name: 'echo' })).toBe(1);
  expect(works.circuit).toBe('closed');
});

test('a full queue is no failure, and has the other answer; one that a task tells of is one', async () => {
  const works = makePool({
    filename: path.join(__dirname, 'fixtures/pool/throws.js'),
    circuitBreaker: { volumeThreshold: 1, resetTimeout: FOR_EVER },
    fallback: ({ code }) => `instead of ${code}`,
    maxQueue: 0,
  });
  const all = [works.run(new Error('first')), works.run(1)];
  expect(await all[1]).toBe('instead of ERR_PROCS_QUEUE_FULL');
  expect(works.circuit).toBe('closed');
  await all[0];
  expect(works.circuit).toBe('open');
  const other = makePool({ filename: path.join(__dirname, 'fixtures/pool/throws.js'), circuitBreaker: { volumeThreshold: 1 } });
  await outcome(other.run({ code: 'ERR_PROCS_QUEUE_FULL' }));
  expect(other.circuit).toBe('open');
});

test('an errorFilter that throws has not said that it is no failure; what it throws is uncaught', async () => {
  const program = `
    const { Pool } = require('../../js');
    const told = [];
    process.on('uncaughtException', ({ message }) => told.push(message));
    const errorFilter = () => { throw new Error('of the filter'); };
    const pool = new Pool({ filename: ${JSON.stringify(WORKS)}, circuitBreaker: { volumeThreshold: 1, errorFilter } });
    pool.run('of the task', { name: 'fails' }).catch(async ({ message }) => {
      told.push(message, pool.circuit);
      await pool.close();
      console.log(JSON.stringify(told));
    });
  `;
  expect((await runForJson(['-e', program])).sort()).toEqual(['of the filter', 'of the task', 'open']);
});

test('calls that are wrong are no failures; what a function throws is one, whatever it looks like', async () => {
  const told = [];
  const instead = (_error, _task, options) => {
    told.push(options);
    return 'instead';
  };
  const works = makePool({
    filename: path.join(__dirname, 'fixtures/pool/throws.js'),
    circuitBreaker: { volumeThreshold: 2 },
    fallback: instead,
  });
  for (let i = 0; i < 3; i++) expect(await outcome(works.run(1, { timeout: -1 }))).toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  expect(works.circuit).toBe('closed');
  expect(await works.run({ code: 'ERR_INVALID_ARG_TYPE' })).toBe('instead');
  for await (const result of works.map([{ reason: 'aborted' }], { priority: 1 })) expect(result).toBe('instead');
  expect(told[1]).toMatchObject({ priority: 1 });
  expect(works.circuit).toBe('open');
  expect(await outcome(works.run(1, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'ABORT_ERR' });
  await works.destroy();
  expect(await outcome(works.run(1))).toMatchObject({ code: 'ERR_PROCS_POOL_CLOSED' });
});
