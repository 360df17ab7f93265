'use strict';
// pool.options: what was given, and the defaults that are in force.

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { endPools, makePool } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

const DEFAULTS = {
  name: 'default',
  overflow: 'reject',
  closeTimeout: 30_000,
  circuitBreaker: false,
  ref: false,
  spareWorkers: 0,
  idleTimeout: 10_000,
  concurrentTasksPerWorker: 1,
  prefetch: 'auto',
  maxQueue: Infinity,
  maxQueuedBytes: 1024 ** 3,
  softLimit: Infinity,
  hardLimit: Infinity,
  minMemoryPerTask: 0,
  maxCpuThreshold: Infinity,
  loadBalancing: 'least-busy',
  isolate: false,
  maxTasksPerWorker: Infinity,
  maxMemoryPerWorker: Infinity,
  maxWorkerLifetime: Infinity,
  recycleJitter: 0.1,
  backoff: { initial: 100, max: 30_000, factor: 2, jitter: 0.5 },
  maxRestarts: 10,
  restartWindow: 60_000,
  startTimeout: 30_000,
  unresponsiveTimeout: Infinity,
  abortGrace: 1_000,
  teardownTimeout: 5_000,
  poisonThreshold: 2,
  ageing: 60_000,
  execPath: process.execPath,
  execArgv: expect.any(Array),
  stdout: 'inherit',
  stderr: 'inherit',
};

test('defaults, and nothing else', () => {
  expect(makePool({ filename: WORKS }).options).toEqual({ ...DEFAULTS, filename: WORKS, minWorkers: 1, maxWorkers: 1 });
});

test('what was given, by our names, and as it is now', () => {
  const workerData = { a: 1 };
  const pool = makePool({
    filename: pathToFileURL(WORKS),
    minWorkers: undefined,
    minThreads: 0,
    timeout: 100,
    workerData,
    env: { A: 'b' },
    cwd: pathToFileURL(__dirname),
    backoff: { initial: 5, max: undefined },
    circuitBreaker: { volumeThreshold: 3 },
    resourceLimits: { openFiles: 100, maxOldGenerationSizeMb: 100 },
    weights: [1, 2],
    maxWorkers: undefined,
    maxThreads: 3,
    maxQueue: 'auto',
    atomics: 'sync',
  });
  pool.configure({ maxWorkers: 4 });
  expect(pool.options).toEqual({
    ...DEFAULTS,
    filename: `${pathToFileURL(WORKS)}`,
    minWorkers: 0,
    maxWorkers: 4,
    maxQueue: 9,
    timeout: 100,
    workerData,
    env: { A: 'b' },
    cwd: __dirname,
    backoff: { ...DEFAULTS.backoff, initial: 5 },
    circuitBreaker: {
      errorThresholdPercentage: 50,
      volumeThreshold: 3,
      rollingCountTimeout: 10_000,
      rollingCountBuckets: 10,
      resetTimeout: 30_000,
      halfOpenTasks: 1,
    },
    resourceLimits: { openFiles: 100, maxOldGenerationSizeMb: 100 },
    weights: [1, 2],
  });
});

test('of a program: nothing of Node', () => {
  const { execPath: _path, execArgv: _argv, ...rest } = DEFAULTS;
  const program = [process.execPath, path.join(__dirname, 'fixtures/pool/foreign.js')];
  const { options } = makePool({ filename: undefined, program });
  expect(options).toEqual({ ...rest, program, minWorkers: 1, maxWorkers: 1 });
});

test('whoever changes it changes nothing of the pool', async () => {
  const pool = makePool({ filename: WORKS });
  const { options } = pool;
  options.maxWorkers = 0;
  options.backoff.initial = -1;
  expect(pool.options).toMatchObject({ maxWorkers: 1, backoff: DEFAULTS.backoff });
});
