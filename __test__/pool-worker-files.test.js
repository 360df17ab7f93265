'use strict';
// The files whose functions a worker runs, of all kinds; and how a start fails.

const { pathToFileURL } = require('node:url');
const path = require('node:path');
const { FIXTURES, RawWorker } = require('./lib/raw-pool.js');

let worker;

beforeEach(() => {
  worker = new RawWorker();
});

afterEach(() => worker.kill());

const file = (name) => path.join(FIXTURES, 'files', name);
const result = (value) => ({ kind: 'R', value });

describe.each([
  ['CommonJS', file('common.cjs')],
  ['CommonJS by its package', file('common/tasks.js')],
  ['CommonJS that was a module once', file('transpiled.cjs')],
  ['an ES module', file('module.mjs')],
  ['an ES module by its package', file('module/tasks.js')],
  ['an ES module that awaits', file('awaits.mjs')],
  ['a file: URL', pathToFileURL(file('module.mjs')).href],
  ['functions that are made asynchronously, of CommonJS', file('promised.cjs')],
  ['functions that are made asynchronously, of a module', file('promised.mjs')],
])('%s', (_what, filename) => {
  test('its default, and by name', async () => {
    expect(await worker.setUp(filename)).toEqual(result(undefined));
    expect(await worker.task(2)).toEqual(result(['default', 2]));
    expect(await worker.task(3, 'named')).toEqual(result(['named', 3]));
    expect(worker.stderr).toBe('');
  });
});

test('a data: URL', async () => {
  await worker.setUp('data:text/javascript,export default (value) => [value]');
  expect(await worker.task(1)).toEqual(result([1]));
});

test('an ES module that nobody calls one: Node finds out', async () => {
  await worker.setUp(file('untold/tasks.js'));
  expect(await worker.task(1, 'named')).toEqual(result(['named', 1]));
});

// Node 20 and 22 before 22.18 want a flag for that.
const takesTypes = Boolean(process.features.typescript);

(takesTypes ? test : test.skip)('TypeScript', async () => {
  await worker.setUp(file('typed.ts'));
  expect(await worker.task(1, 'named')).toEqual(result(['named', 1]));
  expect(await worker.task(2)).toEqual(result(['default', 2]));
});

(takesTypes ? test.skip : test)('TypeScript, where Node does not know it: it says so', async () => {
  const { kind, value: error } = await worker.setUp(file('typed.ts'));
  expect([kind, error.code]).toEqual(['E', 'ERR_UNKNOWN_FILE_EXTENSION']);
});

test('another export than the default is what tasks without a name are for', async () => {
  await worker.setUp(file('module.mjs'), { name: 'named' });
  expect(await worker.task(1)).toEqual(result(['named', 1]));
  expect(await worker.task(1, 'default')).toEqual(result(['default', 1]));
});

test('a file with nothing but names: a task without one is told', async () => {
  await worker.setUp(file('names.mjs'));
  expect(await worker.task(1, 'only')).toEqual(result(1));
  const { kind, value: error } = await worker.task(1);
  expect([kind, error.code, error.message]).toEqual(['E', 'ERR_PROCS_NO_SUCH_TASK', expect.stringContaining('"default"')]);
});

describe('setup and teardown', () => {
  test('are called before and after all tasks, and waited for', async () => {
    expect(await worker.setUp(file('hooks.mjs'), { workerData: { level: 3 } })).toEqual(result(undefined));
    expect(await worker.task()).toEqual(result(['setup', { level: 3 }]));
    expect(await worker.tearDown()).toEqual(result(undefined));
    expect(worker.said.filter(({ kind }) => kind === 'M')).toMatchObject([{ name: 'torn', value: 'down' }]);
    worker.sayGoodbye();
    expect(await worker.ended).toEqual({ exitCode: 0, signal: 0 });
  });

  test('of CommonJS', async () => {
    await worker.setUp(file('hooks.cjs'), { workerData: 5 });
    expect(await worker.task()).toEqual(result(['setup', 5]));
  });

  test.each(['throws', 'rejects'])('a setup that %s fails the start, with its error', async (how) => {
    const { kind, value: error } = await worker.setUp(file('hooks.mjs'), { workerData: how });
    expect([kind, error.constructor, error.message]).toEqual(['E', RangeError, `setup ${how}`]);
    expect(error.stack).toContain('hooks.mjs');
  });

  test('a teardown that throws is an error, and the worker ends all the same', async () => {
    await worker.setUp(file('hooks.mjs'), { workerData: 'teardown' });
    const { kind, value: error } = await worker.tearDown();
    expect([kind, error.message]).toEqual(['E', 'teardown throws']);
    worker.sayGoodbye();
    expect(await worker.ended).toEqual({ exitCode: 0, signal: 0 });
  });
});

describe('a start fails, and says why, where', () => {
  test.each([
    ['there is no such file', 'missing.cjs', { code: 'MODULE_NOT_FOUND' }],
    ['there is no such module', 'missing.mjs', { code: 'ERR_MODULE_NOT_FOUND' }],
    ['there is neither', 'missing/tasks.js', { code: 'ERR_MODULE_NOT_FOUND' }],
    ['it throws', 'throws.cjs', { name: 'TypeError', message: 'while it was loaded' }],
    ['it is no JavaScript', 'garbage.txt', { code: 'ERR_UNKNOWN_FILE_EXTENSION' }],
    ['it has an error in it', 'mistake.cjs', { name: 'SyntaxError' }],
    ['what it needs is missing', 'needs.cjs', { code: 'MODULE_NOT_FOUND' }],
    ['its promise is rejected', 'refused.cjs', { name: 'RangeError', message: 'not made' }],
    ['its default is no function', 'values.mjs', { code: 'ERR_PROCS_NO_SUCH_TASK' }],
  ])('%s', async (_what, name, expected) => {
    const { kind, value: error } = await worker.setUp(file(name));
    expect(kind).toBe('E');
    expect(Object.fromEntries(Object.keys(expected).map((key) => [key, error[key]]))).toEqual(expected);
  });

  test('the export that tasks are for is not there', async () => {
    const { kind, value: error } = await worker.setUp(file('module.mjs'), { name: 'missing' });
    expect([kind, error.code, error.message]).toEqual(['E', 'ERR_PROCS_NO_SUCH_TASK', expect.stringContaining('"missing"')]);
  });

  test('then it waits for its end, and a task that comes is refused', async () => {
    await worker.setUp(file('throws.cjs'));
    const { kind, value: error } = await worker.task(1);
    expect([kind, error.code]).toEqual(['E', 'ERR_PROCS_IPC_NO_HANDLER']);
    worker.sayGoodbye();
    expect(await worker.ended).toEqual({ exitCode: 0, signal: 0 });
  });
});
