'use strict';
// A program as worker that speaks the protocol and knows nothing of pools.

const path = require('node:path');
const { endPools, makePool, outcome, until } = require('./lib/pools.js');

const FOREIGN = path.join(__dirname, 'fixtures/pool/foreign.js');

afterEach(endPools);

const pool = (options) => makePool({ filename: undefined, program: [process.execPath, FOREIGN], ...options });

test('tasks are its requests, whatever they hold', async () => {
  const works = pool({ maxWorkers: 2, minWorkers: 2 });
  const values = [1, 'text', null, { a: [1n, new Date(0)] }, new Map([[1, 2]]), new Uint8Array(100_000).fill(5), 'ä'.repeat(10_000)];
  expect(await Promise.all(values.map((value) => works.run(value)))).toEqual(values);
  expect(await works.run(undefined)).toBe(undefined);
  const many = Array.from({ length: 500 }, (_, i) => works.run(i, { name: 'any', priority: i % 3 }));
  expect(await Promise.all(many)).toEqual(many.map((_, i) => i));
});

test('it is told the name of a task', async () => {
  const works = pool();
  expect(await works.run({ act: 'name' }, { name: 'with.dots and ü!' })).toBe('with.dots and ü!');
  expect(await works.run({ act: 'name', big: 1n }, { name: 'tagged' })).toBe('tagged');
  expect(await works.run({ act: 'name', bytes: new Uint8Array(100_000) }, { name: 'bytes' })).toBe('bytes');
  const same = Array.from({ length: 50 }, () => works.run({ act: 'name' }, { name: 'same' }));
  expect(new Set(await Promise.all(same))).toEqual(new Set(['same']));
  expect(await works.run({ act: 'name' })).toBe(undefined);
});

test('one task at a time: nothing is written to one that is busy', async () => {
  const works = pool({ maxWorkers: 1 });
  const controller = new AbortController();
  const waits = works.run({ act: 'wait' }, { signal: controller.signal });
  const next = works.run('next');
  await until(() => works.stats().running === 1);
  expect(works.stats()).toMatchObject({ queued: 1, prefetched: 0 });
  controller.abort();
  expect(await outcome(waits)).toMatchObject({ code: 'ABORT_ERR' });
  expect(await next).toBe('next');
});

test('its errors, its end, and the next one', async () => {
  const works = pool();
  expect(await outcome(works.run({ act: 'fail' }))).toMatchObject({ name: 'RangeError', message: 'failed' });
  const pid = await works.run({ act: 'pid' });
  expect(await outcome(works.run({ act: 'exit' }))).toMatchObject({ reason: 'exit', exitCode: 3 });
  expect(await works.run({ act: 'pid' })).not.toBe(pid);
});

test('a stream is no answer to a task: it is cut off, and told', async () => {
  const works = pool();
  const { error, ...told } = await outcome(works.run({ act: 'stream' }));
  expect(told).toMatchObject({ reason: 'signal', signal: 'SIGKILL' });
  expect(error.cause).toMatchObject({ code: 'ERR_PROCS_IPC_PROTOCOL', message: expect.stringContaining('stream') });
  expect(await works.run('next')).toBe('next');
});

test('a program that is not there, and one that says nothing', async () => {
  const missing = await outcome(pool({ program: '/no/such/program' }).run(1));
  expect(missing).toMatchObject({ reason: 'start', code: 'ERR_PROCS_WORKER_START' });
  expect(missing.error.cause).toMatchObject({ code: 'ENOENT' });
  const silent = await outcome(pool({ program: [process.execPath, FOREIGN, 'silent'], startTimeout: 100 }).run(1));
  expect(silent).toMatchObject({ reason: 'start' });
  expect(silent.error.cause).toMatchObject({ code: 'ERR_PROCS_WORKER_START_TIMEOUT' });
});

test('argv follows the program’s own', async () => {
  const works = makePool({ filename: undefined, program: [process.execPath, '-e'], argv: [`require(${JSON.stringify(FOREIGN)})`] });
  expect(await works.run('x')).toBe('x');
});

test('the pool’s name is the one of tasks that have none', async () => {
  const works = pool({ name: 'usual' });
  expect(await Promise.all([works.run({ act: 'name' }), works.run({ act: 'name', big: 1n })])).toEqual(['usual', 'usual']);
  expect(await works.run({ act: 'name' }, { name: 'own' })).toBe('own');
});

test('a task has no file of its own', async () => {
  expect(await outcome(pool().run(1, { filename: FOREIGN }))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
});
