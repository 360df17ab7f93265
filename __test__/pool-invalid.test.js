'use strict';
// Options that are none are refused before anything is started.

const path = require('node:path');
const { Pool } = require('../js/index.js');
const { endPools, makePool } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

const refusal = (options) => {
  try {
    new Pool(options).destroy();
  } catch (error) {
    return { code: error.code, message: error.message };
  }
  return 'it was taken';
};

const TYPE = 'ERR_INVALID_ARG_TYPE';
const VALUE = 'ERR_INVALID_ARG_VALUE';
const RANGE = 'ERR_OUT_OF_RANGE';

test.each([
  ['nothing', undefined, 'ERR_MISSING_ARGS'],
  ['null', null, TYPE],
  ['a string', WORKS, TYPE],
  ['no file', {}, 'ERR_MISSING_ARGS'],
  ['both a file and a program', { filename: WORKS, program: 'x' }, VALUE],
  ['a file that is relative', { filename: './worker.js' }, VALUE],
  ['a file that is no path', { filename: 7 }, TYPE],
  ['a file with a null byte', { filename: '/tmp/\0' }, VALUE],
  ['a URL of the web', { filename: new URL('https://example.org/x.js') }, TYPE],
  ['no program', { program: [] }, VALUE],
  ['a program that is no string', { program: [7] }, TYPE],
  ['a program with flags of Node', { program: 'x', execArgv: ['--flag'] }, VALUE],
  ['a program with workerData', { program: 'x', workerData: 1 }, VALUE],
  ['a program without a name', { program: '' }, VALUE],
  ['an argument with a null byte', { program: 'x', argv: ['a\0b'] }, VALUE],
])('%s', (_, options, code) => {
  expect(refusal(options)).toMatchObject({ code });
});

test.each([
  ['minWorkers', -1, RANGE],
  ['minWorkers', 1.5, RANGE],
  ['minWorkers', '2', TYPE],
  ['maxWorkers', 0, RANGE],
  ['maxWorkers', Infinity, RANGE],
  ['spareWorkers', -1, RANGE],
  ['idleTimeout', -1, RANGE],
  ['idleTimeout', NaN, RANGE],
  ['concurrentTasksPerWorker', 0, RANGE],
  ['prefetch', -1, RANGE],
  ['prefetch', 'some', TYPE],
  ['maxQueue', -1, RANGE],
  ['maxQueue', 'much', TYPE],
  ['maxQueuedBytes', 0, RANGE],
  ['softLimit', 0, RANGE],
  ['hardLimit', 1.5, RANGE],
  ['minMemoryPerTask', '1G', TYPE],
  ['maxCpuThreshold', 80, RANGE],
  ['loadBalancing', 'any', VALUE],
  ['weights', [1, 0], RANGE],
  ['isolate', 1, TYPE],
  ['maxTasksPerWorker', 0, RANGE],
  ['maxMemoryPerWorker', -1, RANGE],
  ['maxWorkerLifetime', '1h', TYPE],
  ['recycleJitter', 2, RANGE],
  ['backoff', 100, TYPE],
  ['backoff', { inital: 1 }, VALUE],
  ['backoff', { factor: 0.5 }, RANGE],
  ['maxRestarts', -1, RANGE],
  ['abortGrace', -1, RANGE],
  ['poisonThreshold', 0, RANGE],
  ['ageing', -1, RANGE],
  ['name', '', VALUE],
  ['name', '\ud800', VALUE],
  ['name', 'x'.repeat(256), RANGE],
  ['argv', '--flag', TYPE],
  ['overflow', 'drop', VALUE],
  ['closeTimeout', -1, RANGE],
  ['circuitBreaker', true, TYPE],
  ['circuitBreaker', { threshold: 5 }, VALUE],
  ['circuitBreaker', { errorThresholdPercentage: 0 }, RANGE],
  ['circuitBreaker', { resetTimeout: Infinity }, RANGE],
  ['fallback', 'none', TYPE],
  ['ref', 1, TYPE],
  ['timeout', -1, RANGE],
  ['retries', 1.5, RANGE],
  ['priority', Infinity, RANGE],
  ['env', [], TYPE],
  ['stdout', 'file', VALUE],
])('%s: %p', (name, value, code) => {
  expect(refusal({ filename: WORKS, [name]: value })).toMatchObject({ code, message: expect.stringContaining(`options.${name}`) });
});

test('more at least than at most', () => {
  expect(refusal({ filename: WORKS, minWorkers: 3, maxWorkers: 2 })).toMatchObject({ code: RANGE });
});

test('names that are none: with what may be meant, and what to use instead', () => {
  expect(refusal({ filename: WORKS, maxWorker: 2 })).toMatchObject({
    code: VALUE,
    message: expect.stringContaining("did you mean 'maxWorkers'"),
  });
  expect(refusal({ filename: WORKS, taskQueue: {} })).toMatchObject({ code: VALUE, message: expect.stringContaining("'priority'") });
  expect(refusal({ filename: WORKS, maxThreads: 2, maxWorkers: 2 })).toMatchObject({
    code: VALUE,
    message: expect.stringContaining("'maxWorkers'"),
  });
});

test.each([
  ['minThread', "did you mean 'minThreads'"],
  ['maxThread', "did you mean 'maxThreads'"],
  ['idleTimeOut', "did you mean 'idleTimeout'"],
  ['taskTimeout', "did you mean 'timeout'"],
  ['size', "did you mean 'maxWorkers'"],
  ['concurrency', "did you mean 'maxWorkers', or 'concurrentTasksPerWorker'"],
  ['script', "did you mean 'filename'"],
  ['signal', 'it is one of run()'],
  ['onProgress', 'it is one of run()'],
  ['setupWorker', "'setup'"],
])('%s: %s', (name, hint) => {
  const told = refusal({ filename: WORKS, [name]: 1 });
  expect(told).toMatchObject({ code: VALUE, message: expect.stringContaining(`options.${name}' is not an option of Pool`) });
  expect(told.message).toContain(hint);
});

test('names that are none, of what a pool can do', async () => {
  const pool = makePool({ filename: WORKS });
  const unknown = (of) => ({ code: VALUE, message: expect.stringContaining(`is not an option of ${of}`) });
  await expect(pool.run(1, { abortSignal: 1 })).rejects.toMatchObject({ message: expect.stringContaining("did you mean 'signal'") });
  await expect(pool.run(1, { maxQueue: 1 })).rejects.toMatchObject({ message: expect.stringContaining('it is one of Pool') });
  await expect(pool.runOnEach(1, { nme: 'x' })).rejects.toMatchObject(unknown('run()'));
  await expect(pool.close({ forced: true })).rejects.toMatchObject(unknown('close()'));
  await expect(pool.destroy({ timeout: 1 })).rejects.toMatchObject(unknown('destroy()'));
  expect(() => pool.map([], { concurency: 1 })).toThrow(expect.objectContaining(unknown('map()')));
  expect(() => pool.map([], { concurency: 1 })).toThrow("did you mean 'concurrency'");
  expect(() => pool.configure({ maxWorker: 1 })).toThrow(expect.objectContaining(unknown('Pool')));
  expect(() => pool.openMetrics({ prefx: 'x' })).toThrow(expect.objectContaining(unknown('openMetrics()')));
  expect(pool.isClosed).toBe(false);
});

test('workerData that cannot be sent', () => {
  expect(refusal({ filename: WORKS, workerData: () => {} }).message).toContain('could not be cloned');
  expect(refusal({ filename: WORKS, workerData: new Blob(['x']) })).toMatchObject({ code: VALUE });
});

describe('of run()', () => {
  let pool;
  beforeEach(() => {
    pool = makePool({ filename: WORKS });
  });

  test.each([
    ['timeout', -1, RANGE],
    ['timeout', '1s', TYPE],
    ['queueTimeout', NaN, RANGE],
    ['deadline', -1, RANGE],
    ['retries', -1, RANGE],
    ['priority', 0.5, RANGE],
    ['name', '', VALUE],
    ['name', 7, TYPE],
    ['key', '', VALUE],
    ['key', 'a\0b', VALUE],
    ['key', {}, TYPE],
    ['signal', {}, TYPE],
    ['signal', 'abort', TYPE],
    ['signal', { aborted: false }, TYPE],
    ['transfer', new ArrayBuffer(1), TYPE],
    ['onProgress', true, TYPE],
    ['isolate', 'yes', TYPE],
    ['filename', 'worker.js', VALUE],
    ['priorty', 1, VALUE],
  ])('%s: %p', async (name, value, code) => {
    await expect(pool.run({ a: 1, b: 1 }, { [name]: value })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`options.${name}`),
    });
    expect(pool.pending).toBe(0);
  });

  test('a handle that is none', async () => {
    await expect(pool.run(1, { handle: {} })).rejects.toMatchObject({ code: 'ERR_INVALID_HANDLE_TYPE' });
    expect(pool.pending).toBe(0);
  });
});

test('of map(), close(), destroy(), configure(), alloc()', async () => {
  const pool = makePool({ filename: WORKS });
  expect(() => pool.map(7)).toThrow(expect.objectContaining({ code: TYPE }));
  expect(() => pool.map([], { concurrency: 0 })).toThrow(expect.objectContaining({ code: RANGE }));
  expect(() => pool.map([], { ordered: 1 })).toThrow(expect.objectContaining({ code: TYPE }));
  expect(() => pool.map([], { timeout: -1 })).toThrow(expect.objectContaining({ code: RANGE }));
  expect(() => pool.map([], { signal: 1 })).toThrow(expect.objectContaining({ code: TYPE }));
  await expect(pool.close({ force: 1 })).rejects.toMatchObject({ code: TYPE });
  await expect(pool.destroy({ grace: -1 })).rejects.toMatchObject({ code: RANGE });
  expect(() => pool.configure({ maxWorkers: 0 })).toThrow(expect.objectContaining({ code: RANGE }));
  expect(() => pool.configure({ minWorkers: 2 })).toThrow(expect.objectContaining({ code: RANGE }));
  expect(() => pool.configure({ filename: WORKS })).toThrow(expect.objectContaining({ code: VALUE }));
  expect(() => pool.alloc(-1)).toThrow(expect.objectContaining({ code: RANGE }));
  expect(pool.isClosed).toBe(false);
});
