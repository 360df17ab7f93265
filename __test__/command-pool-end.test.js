'use strict';
// What does not come to its turn, and how a CommandPool ends.

const { once } = require('node:events');
const { CommandPool, shutdown } = require('..');
const { Gates, HELD } = require('./lib/gates.js');
const { runForJson, runNode } = require('./lib/run-node.js');

let gates;
let pool;

beforeEach(() => {
  gates = new Gates();
});

afterEach(() => pool?.destroy());

function held(name, options) {
  return pool.run(...HELD, { onStart: gates.note(name), ...options });
}

const codeOf = (promise) =>
  promise.then(
    () => 'well',
    (error) => error.code,
  );

test('queueTimeout gives up who waits too long, and nobody who has begun', async () => {
  pool = new CommandPool({ concurrency: 1 });
  const first = held('first', { queueTimeout: 1 });
  expect(await codeOf(held('late', { queueTimeout: 1 }))).toBe('ERR_PROCS_TASK_QUEUE_TIMEOUT');
  gates.open(0);
  await first;
  expect(gates.names).toEqual(['first']);
  expect(pool.stats()).toMatchObject({ completed: 1, failed: 0, unstarted: 1 });
});

test("the pool's queueTimeout is for all that have none of their own", async () => {
  pool = new CommandPool({ concurrency: 1, queueTimeout: 1 });
  const first = held('first');
  const patient = held('patient', { queueTimeout: 0 });
  expect(await codeOf(held('late'))).toBe('ERR_PROCS_TASK_QUEUE_TIMEOUT');
  await gates.openAll(1);
  await gates.openAll(2);
  await Promise.all([first, patient]);
  expect(gates.names).toEqual(['first', 'patient']);
});

test('a signal that is aborted while a command waits cancels it without a process, and is heard by one that runs', async () => {
  pool = new CommandPool({ concurrency: 1 });
  const controller = new AbortController();
  const reason = new Error('enough');
  const running = held('running', { signal: controller.signal });
  const waiting = held('waiting', { signal: controller.signal });
  const other = held('other');
  const canceled = { isCanceled: true, code: 'ERR_PROCS_CANCELED', cause: reason };
  const both = [waiting, running].map((one) => expect(one).rejects.toMatchObject(canceled));
  controller.abort(reason);
  await Promise.all(both);
  await gates.first(2);
  gates.open(1);
  await other;
  expect(gates.names).toEqual(['running', 'other']);
  await expect(held('late', { signal: controller.signal })).rejects.toMatchObject({ isCanceled: true });
});

test('a full queue refuses, and says when there is room', async () => {
  pool = new CommandPool({ concurrency: 1, maxQueue: 1 });
  const accepted = [held('a'), held('b')];
  expect(await codeOf(held('c'))).toBe('ERR_PROCS_QUEUE_FULL');
  expect(pool.needsDrain).toBe(true);
  gates.open(0);
  await once(pool, 'drain');
  accepted.push(held('d'));
  expect(pool.needsDrain).toBe(false);
  await gates.openAll(3);
  await Promise.all(accepted);
  expect(gates.names).toEqual(['a', 'b', 'd']);
});

test('close() takes nothing more, and resolves when all that was accepted is over', async () => {
  pool = new CommandPool({ concurrency: 1 });
  const order = [];
  const all = ['a', 'b', 'c'].map((name) => held(name).then(() => order.push(name)));
  const closed = pool.close().then(() => order.push('closed'));
  expect(await codeOf(held('d'))).toBe('ERR_PROCS_POOL_CLOSED');
  await gates.openAll(3);
  await Promise.all([...all, closed]);
  expect(order).toEqual(['a', 'b', 'c', 'closed']);
  await pool.close();
});

test('destroy() gives up what waits and ends what runs, and resolves when nothing is left', async () => {
  pool = new CommandPool({ concurrency: 2 });
  const codes = ['a', 'b', 'c', 'd'].map((name) => codeOf(held(name)));
  const pids = gates.started.map(({ pid }) => pid);
  await pool.destroy();
  expect(await Promise.all(codes)).toEqual(['ERR_PROCS_KILLED', 'ERR_PROCS_KILLED', 'ERR_PROCS_POOL_CLOSED', 'ERR_PROCS_POOL_CLOSED']);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(pool.isClosed).toBe(true);
});

test('an empty pool is closed at once', async () => {
  pool = new CommandPool();
  await pool.close();
  await pool.destroy();
});

test('what onStart() throws is uncaught, and the command goes on', async () => {
  const { stdout, code } = await runNode([
    '-e',
    `const { CommandPool } = require(${JSON.stringify(require.resolve('..'))});
     process.on('uncaughtException', (error) => console.log('uncaught', error.message));
     new CommandPool().run('echo', ['done'], { onStart() { throw new Error('mine') } }).then(({ stdout }) => console.log(stdout));`,
  ]);
  expect([stdout, code]).toEqual(['uncaught mine\ndone\n', 0]);
});

test('each of many is answered exactly once, whatever becomes of it', async () => {
  const answers = await runForJson(['command-pool-many.js']);
  expect(answers.calls).toBe(300);
  expect(answers.twice).toBe(0);
  expect(answers.codes).toEqual({
    well: expect.any(Number),
    ERR_PROCS_CANCELED: expect.any(Number),
    ERR_PROCS_EXIT: expect.any(Number),
    ERR_PROCS_SIGNAL: expect.any(Number),
    ENOENT: expect.any(Number),
  });
  expect(Object.values(answers.codes).reduce((a, b) => a + b)).toBe(300);
  expect(answers.stats).toMatchObject({ queued: 0, running: 0 });
}, 60_000);

test('a process whose pool is idle ends, and one with commands that wait does not before they are over', async () => {
  const program = (body) => ['-e', `const { CommandPool } = require(${JSON.stringify(require.resolve('..'))}); ${body}`];
  expect(await runNode(program('new CommandPool().run("true")'))).toMatchObject({ code: 0 });
  const waits = program(`
    const pool = new CommandPool({ concurrency: 1 });
    for (let i = 0; i < 5; i++) pool.run('echo', [i]).then(({ stdout }) => console.log(stdout));`);
  expect(await runNode(waits)).toMatchObject({ code: 0, stdout: '0\n1\n2\n3\n4\n' });
});

test('shutdown() ends what runs, and what waits is not started', async () => {
  const { stdout, code } = await runNode([
    '-e',
    `const { CommandPool, shutdown } = require(${JSON.stringify(require.resolve('..'))});
     const pool = new CommandPool({ concurrency: 1 });
     const say = (error) => console.log(error.code);
     pool.run('sleep', ['60']).catch(say);
     pool.run('sleep', ['60']).catch(say);
     shutdown();`,
  ]);
  expect(typeof shutdown).toBe('function');
  expect([stdout, code]).toEqual(['ERR_PROCS_SHUTDOWN\nERR_PROCS_SHUTDOWN\n', 0]);
});
