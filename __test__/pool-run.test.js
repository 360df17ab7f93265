'use strict';
// Tasks and their results.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { Pool } = require('../js/index.js');
const { endPools, makePool } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');
const MODULE = path.join(__dirname, 'fixtures/pool/works.mjs');

afterEach(endPools);

const pool = (options) => makePool({ filename: WORKS, ...options });

test('the result of the file’s function, and of its other exports by name', async () => {
  const works = pool();
  expect(await works.run({ a: 2, b: 3 })).toBe(5);
  expect(await works.run('text', { name: 'echo' })).toBe('text');
  expect(await works.run('text', { name: 'later' })).toBe('text');
  expect(await works.run(1, { name: 'nothing' })).toBe(undefined);
  expect(await works.run(undefined, { name: 'args' })).toBe(2);
  expect(await works.run({ a: 1, b: 1 }, null)).toBe(2);
  expect(await works.run({ a: 1, b: 1 }, { name: null, signal: null, filename: null })).toBe(2);
});

test('characters of every width, in lines of every length around those from which on they are taken over otherwise', async () => {
  const works = pool({ name: 'echo' });
  const around = (length) => Array.from({ length: 50 }, (_, i) => length - 40 + i);
  const filled = (length, last) => [...Array(Math.floor(length / 250)).fill('x'.repeat(247)), 'x'.repeat(length % 250), last];
  const values = [...around(1024), ...around(4096)].flatMap((length) => ['a', 'é', '€', '😀'].map((last) => filled(length, last)));
  expect(await Promise.all(values.map((value) => works.run(value)))).toEqual(values);
});

test('values of every kind, there and back', async () => {
  const works = pool({ name: 'echo' });
  const circular = { list: [1] };
  circular.self = circular;
  const values = [
    undefined,
    null,
    true,
    0,
    -0,
    NaN,
    12345678901234567890n,
    '',
    'ä€😀',
    '\u2028\n',
    'long '.repeat(10_000),
    [],
    {},
    { deep: { deep: [{}] } },
    { $: ['Date', 0] },
    new Date(0),
    /x/gi,
    new Map([[1, new Set([2])]]),
    new Uint8Array([1, 2, 3]),
    Buffer.alloc(100_000, 7),
    new Error('as a value'),
    circular,
  ];
  const results = await Promise.all(values.map((value) => works.run(value)));
  results.forEach((result, i) => {
    if (Buffer.isBuffer(values[i])) expect(Buffer.from(result).equals(values[i])).toBe(true);
    else expect(result).toEqual(values[i]);
  });
  expect(Object.is(results[4], -0)).toBe(true);
});

test('20,000 at a time, each its own result', async () => {
  const works = pool({ minWorkers: 2, maxWorkers: 2 });
  const all = [];
  for (let i = 0; i < 20_000; i++) all.push(i % 3 === 0 ? works.run(i, { name: 'later' }) : works.run({ a: i, b: 0 }));
  const results = await Promise.all(all);
  expect(results.findIndex((result, i) => result !== i)).toBe(-1);
  expect(works.pending).toBe(0);
});

test('one after the other', async () => {
  const works = pool();
  for (let i = 0; i < 500; i++) expect(await works.run({ a: i, b: 1 })).toBe(i + 1);
});

test('callers that ask again as soon as they are answered', async () => {
  const works = pool({ minWorkers: 2, maxWorkers: 2 });
  const wrong = [];
  const caller = async (n) => {
    for (let i = 0; i < 200; i++) if ((await works.run({ a: n, b: i })) !== n + i) wrong.push([n, i]);
  };
  await Promise.all(Array.from({ length: 50 }, (_, n) => caller(n)));
  expect(wrong).toEqual([]);
});

test('the file may be an ES module, and a URL', async () => {
  const works = makePool({ filename: pathToFileURL(MODULE) });
  expect(await works.run({ a: 2, b: 3 })).toBe(5);
  expect(await works.run(4, { name: 'twice' })).toBe(8);
  expect(await works.run(null, { name: 'where' })).toBe(pathToFileURL(MODULE).href);
  expect(await makePool({ filename: pathToFileURL(MODULE).href, name: 'twice' }).run(4)).toBe(8);
});

test('a task with a file of its own', async () => {
  const works = pool();
  expect(await works.run(4, { filename: MODULE, name: 'twice' })).toBe(8);
  expect(await works.run({ a: 1, b: 2 }, { filename: pathToFileURL(MODULE) })).toBe(3);
  expect(await works.run(new Map(), { filename: WORKS, name: 'echo' })).toEqual(new Map());
});

test('workers are set up with workerData, argv and env', async () => {
  const works = pool({ workerData: { at: new Date(5), bytes: new Uint8Array(3) }, argv: ['--flag', 7], env: { OF_THE_TEST: 'seen' } });
  const about = await works.run(null, { name: 'about' });
  expect(about).toMatchObject({ same: true, name: 'about', argv: ['--flag', '7'], env: 'seen' });
  expect(about.workerData).toEqual({ at: new Date(5), bytes: new Uint8Array(3) });
  expect(about.setUpWith).toEqual(about.workerData);
  expect(works.workers).toMatchObject([{ workerId: about.workerId, pid: about.pid, isUp: true, bootTime: expect.any(Number) }]);
});

test('progress, in its order and before the result', async () => {
  const works = pool();
  const told = [];
  const result = works.run([1, { two: 2 }, new Map([[3, 3]]), undefined], { name: 'progress', onProgress: (value) => told.push(value) });
  expect(await result.then((value) => told.push(value))).toBe(5);
  expect(told).toEqual([1, { two: 2 }, new Map([[3, 3]]), undefined, 'done']);
});

test('tasks go on while this thread is blocked, those of the same turn included', async () => {
  const works = pool({ minWorkers: 2, maxWorkers: 2 });
  await works.run({ a: 1, b: 1 });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-pool-'));
  const file = path.join(folder, 'done');
  try {
    const all = Array.from({ length: 2000 }, (_, i) => works.run({ file, text: i }, { name: 'append' }));
    const results = Promise.all(all);
    results.catch(() => {});
    // The last of them, less than 256, wait for the end of the turn.
    const accepted = works.stats().accepted - 1;
    expect(accepted).toBeGreaterThan(2000 - 256);
    // Nothing of the event loop runs until all are done, or the test has failed.
    const end = performance.now() + 20_000;
    let lines = 0;
    while (lines < accepted && performance.now() < end) {
      // Both processors are the workers'.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').length - 1 : 0;
    }
    expect(lines).toBe(accepted);
    await results;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('it never throws, whatever it is given', async () => {
  const works = pool();
  await expect(works.run(() => {})).rejects.toMatchObject({ name: 'DataCloneError' });
  await expect(works.run({ a: Symbol('s') }, { name: 'echo' })).rejects.toMatchObject({ name: 'DataCloneError' });
  await expect(works.run(1, { timeout: 'soon' })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  await expect(works.run(1, 7)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  await expect(works.run(1, { name: 'noSuchExport' })).rejects.toMatchObject({ code: 'ERR_PROCS_NO_SUCH_TASK' });
  expect(works.pending).toBe(0);
  expect(await works.run({ a: 1, b: 1 })).toBe(2);
});

test('two pools of the same file have nothing in common', async () => {
  const [one, two] = [pool(), pool()];
  const [first, second] = await Promise.all([one.run(null, { name: 'pid' }), two.run(null, { name: 'pid' })]);
  expect(first).not.toBe(second);
});

test('names of other pools for what it has', async () => {
  const works = pool({ minWorkers: undefined, maxWorkers: undefined, minThreads: 1, maxThreads: 2, idleTimeout: 5000, atomics: 'sync' });
  expect(await works.run({ a: 1, b: 1 })).toBe(2);
  expect([works.minThreads, works.maxThreads, works.threads.length]).toEqual([1, 2, works.workers.length]);
  expect(works.options).toMatchObject({ minWorkers: 1, maxWorkers: 2, idleTimeout: 5000, filename: WORKS });
  expect(works.duration).toBeGreaterThan(0);
  expect(Pool.version).toBe(require('../package.json').version);
});
