'use strict';
// What a pool tells of itself: events, and diagnostics_channel.

const diagnostics = require('node:diagnostics_channel');
const path = require('node:path');
const { endPools, makePool, outcome } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');
const FAILS = path.join(__dirname, 'fixtures/pool/fails-to-start.js');

const subscriptions = [];
afterEach(async () => {
  for (const [name, listener] of subscriptions.splice(0)) diagnostics.unsubscribe(name, listener);
  await endPools();
});

const pool = (options) => makePool({ filename: WORKS, ...options });

function subscribe(name) {
  const heard = [];
  const listener = (message) => heard.push(message);
  diagnostics.subscribe(name, listener);
  subscriptions.push([name, listener]);
  return heard;
}

test('of workers, from their start to their end', async () => {
  const works = pool();
  const told = [];
  for (const name of ['workerStart', 'workerUp', 'workerExit', 'workerStartFailed', 'close'])
    works.on(name, (what) => told.push([name, what]));
  const pid = await works.run(null, { name: 'pid' });
  await outcome(works.run(5, { name: 'exit' }));
  await works.run(null, { name: 'pid' });
  await works.close();
  const [first, second, ...rest] = told.filter(([, what]) => what?.workerId === 1);
  expect([first, second]).toEqual([
    ['workerStart', { workerId: 1, pid }],
    ['workerUp', { workerId: 1, pid, bootTime: expect.any(Number) }],
  ]);
  expect(rest).toMatchObject([['workerExit', { workerId: 1, pid, exitCode: 5, signal: null, reason: 'exit', why: null, error: null }]]);
  expect(told.find(([name, what]) => name === 'workerExit' && what.workerId === 2)[1]).toMatchObject({ why: 'shutdown' });
  expect(told[told.length - 1][0]).toBe('close');
});

test('a start that fails: why, and when it is tried again', async () => {
  const works = pool({ filename: FAILS, workerData: { how: 'setup throws' } });
  const failed = await new Promise((resolve) => works.once('workerStartFailed', resolve));
  expect(failed).toMatchObject({ workerId: 1, error: { code: 'ERR_PROCS_WORKER_START', cause: { message: 'no database' } } });
  expect(failed.retry).toBeGreaterThan(0);
});

test('softLimit: when so many processes are there', async () => {
  const works = pool({ maxWorkers: 2, minWorkers: 2, softLimit: 2 });
  expect(await new Promise((resolve) => works.once('softLimit', resolve))).toBe(2);
});

test('a listener that throws concerns nobody else', async () => {
  const works = pool();
  // Thrown in a tick of its own; this is not the place for that.
  works.once('workerUp', () => {
    works.emit('told');
  });
  const told = new Promise((resolve) => works.once('told', resolve));
  expect(await works.run({ a: 1, b: 1 })).toBe(2);
  await told;
});

test('diagnostics_channel: pools, tasks, workers', async () => {
  const [created, submitted, ended, worker] = ['create', 'task.submit', 'task.end', 'worker'].map((name) =>
    subscribe(`procs.pool.${name}`),
  );
  const works = pool();
  expect(created).toEqual([{ pool: works }]);
  await works.run({ a: 1, b: 2 });
  await outcome(works.run('x', { name: 'fails' }));
  await outcome(works.run(1, { name: 'never', signal: AbortSignal.timeout(20) }));
  expect(submitted).toMatchObject([
    { pool: works, name: 'default', task: { a: 1, b: 2 } },
    { name: 'fails', task: 'x' },
    { name: 'never', task: 1 },
  ]);
  expect(ended).toMatchObject([
    { pool: works, name: 'default', workerId: 1, result: 3, duration: expect.any(Number), taskId: expect.any(Number) },
    { name: 'fails', workerId: 1, error: { message: 'x' } },
    { name: 'never', error: { code: 'ABORT_ERR' } },
  ]);
  await works.destroy();
  const mine = worker.filter((message) => message.pool === works);
  expect(mine.map(({ event }) => event).slice(0, 2)).toEqual(['start', 'up']);
  expect(mine[mine.length - 1]).toMatchObject({ event: 'exit' });
});

test('diagnostics_channel: the circuit breaker', async () => {
  const heard = subscribe('procs.pool.circuit');
  const works = pool({ circuitBreaker: { volumeThreshold: 1 } });
  await outcome(works.run('x', { name: 'fails' }));
  expect(heard).toEqual([{ pool: works, state: 'open' }]);
});
