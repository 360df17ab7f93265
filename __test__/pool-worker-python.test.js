'use strict';
// A program in Python as a pool's worker.

const { once } = require('node:events');
const { Pool } = require('@x/procs');
const { environment, hasPython, program, testPython } = require('./lib/python.js');

let pool;

beforeAll(() => {
  if (!hasPython) return;
  pool = new Pool({ program: ['python3', program('pool_worker')], env: { ...process.env, ...environment }, minWorkers: 1, maxWorkers: 1 });
});

afterAll(() => pool?.destroy());

testPython('tasks there and back, many of them', async () => {
  const values = [1, 'é', null, { a: [1n, new Date(0)] }, new Uint8Array(100).fill(5), ...Array.from({ length: 200 }, (_, i) => i)];
  expect(await Promise.all(values.map((value) => pool.run(value)))).toEqual(values);
});

testPython('by their names; it knows its number, and leaves nothing of the pool in its environment', async () => {
  expect(await pool.run(0, { name: 'about' })).toEqual({ worker: 1, name: 'about', variables: [] });
  // What nobody does by name is done by the default.
  expect(await pool.run('x', { name: 'no such name' })).toBe('x');
});

testPython('progress, and what it emits', async () => {
  const steps = [];
  const told = once(pool, 'message');
  expect(await pool.run(3, { name: 'steps', onProgress: (value) => steps.push(value.step) })).toBe(3);
  expect(steps).toEqual([0, 1, 2]);
  expect(await told).toMatchObject([3, { name: 'done.with it', workerId: 1 }]);
});

testPython('an exception is an error here; a result that is streamed is one, too', async () => {
  await expect(pool.run('nothing', { name: 'fail' })).rejects.toMatchObject({ name: 'LookupError', message: 'nothing' });
  await expect(pool.run(3, { name: 'stream' })).rejects.toThrow('not streamed');
});

testPython('one that is given up hears of it, and goes on to the next', async () => {
  const controller = new AbortController();
  const begun = once(pool, 'message');
  const given = pool.run(0, { name: 'until cancelled', signal: controller.signal });
  const next = pool.run('next');
  await begun;
  controller.abort(new Error('Never mind'));
  await expect(given).rejects.toMatchObject({ code: 'ABORT_ERR' });
  expect(await next).toBe('next');
  // The same worker: it was not ended for that.
  expect(await pool.run(0, { name: 'about' })).toMatchObject({ worker: 1 });
});

testPython('one that dies is replaced, and only the task that it had is lost', async () => {
  const died = pool.run(0, { name: 'die' });
  const others = Promise.all([1, 2, 3].map((value) => pool.run(value)));
  await expect(died).rejects.toMatchObject({ name: 'WorkerError', reason: 'signal' });
  expect(await others).toEqual([1, 2, 3]);
});
