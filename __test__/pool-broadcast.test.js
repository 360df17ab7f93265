'use strict';
// Messages to all workers, tasks for each of them, and what workers say of themselves.

const path = require('node:path');
const { runFixture } = require('./lib/fixture.js');
const { begin, endPools, makePool } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

const pool = (options) => makePool({ filename: WORKS, ...options });

/** Resolves when so many workers are up. */
function workersUp(works, count) {
  return new Promise((resolve) => {
    const look = () => {
      if (works.workers.filter(({ isUp }) => isUp).length >= count) resolve();
    };
    works.on('workerUp', look);
    look();
  });
}

test('broadcast() reaches every worker, in its order, whatever it is', async () => {
  const works = pool({ minWorkers: 3, maxWorkers: 3 });
  await workersUp(works, 3);
  const messages = ['one', { two: 2 }, new Map([[3, new Date(3)]]), new Uint8Array(200_000).fill(4)];
  for (const message of messages) expect(works.broadcast(message)).toBe(3);
  const all = await works.runOnEach(null, { name: 'heard' });
  expect(all.map(({ workerId }) => workerId).sort()).toEqual([1, 2, 3]);
  for (const { status, value } of all) {
    expect(status).toBe('fulfilled');
    expect(value.slice(0, 3)).toEqual(messages.slice(0, 3));
    expect(Buffer.compare(value[3], messages[3])).toBe(0);
  }
});

test('it comes behind the tasks that were given before it, and before those that are given later', async () => {
  const works = pool();
  await workersUp(works, 1);
  const before = works.run(null, { name: 'heard' });
  works.broadcast('now');
  const after = works.run(null, { name: 'heard' });
  expect(await before).toEqual([]);
  expect(await after).toEqual(['now']);
});

test('what cannot be sent is refused', async () => {
  const works = pool();
  await workersUp(works, 1);
  expect(() => works.broadcast(() => {})).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
  expect(() => works.broadcast(new Blob(['x']))).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
});

test('runOnEach(): once on each, also on one that has much to do', async () => {
  const works = pool({ minWorkers: 2, maxWorkers: 2, concurrentTasksPerWorker: 2 });
  await workersUp(works, 2);
  const gate = begin(works, 'gate', 'g');
  await gate.begun;
  const first = await works.runOnEach(null, { name: 'pid' });
  expect(first.map(({ value }) => value).sort()).toEqual(works.workers.map(({ pid }) => pid).sort());
  const counts = await works.runOnEach(null, { name: 'count' });
  expect(counts.map(({ value }) => value)).toEqual([1, 1]);
  works.broadcast({ open: 'g' });
  expect(await gate.result).toBe('g');
});

test('runOnEach(): what fails on one is told of that one', async () => {
  const works = pool({ minWorkers: 2, maxWorkers: 2 });
  await workersUp(works, 2);
  const all = await works.runOnEach('no', { name: 'fails' });
  expect(all).toMatchObject([
    { status: 'rejected', reason: { message: 'no' } },
    { status: 'rejected', reason: { message: 'no' } },
  ]);
  const killed = await works.runOnEach('SIGKILL', { name: 'kill' });
  expect(killed).toMatchObject([{ reason: { reason: 'signal' } }, { reason: { reason: 'signal' } }]);
});

test('runOnEach() of a pool without workers, and of one that is closed', async () => {
  const works = pool({ minWorkers: 0 });
  expect(await works.runOnEach(null, { name: 'pid' })).toEqual([]);
  expect(works.broadcast('nobody')).toBe(0);
  await works.close();
  expect(works.broadcast('nobody')).toBe(0);
});

test("what a worker emits is a 'message'", async () => {
  const works = pool();
  const heard = [];
  works.on('message', (value, from) => heard.push([value, from]));
  await works.run(['plain', 1], { name: 'emit' });
  await works.run(['with.dots and ü!', new Set([1])], { name: 'emit' });
  await works.run(['nothing', undefined], { name: 'emit' });
  const [{ workerId }] = works.workers;
  expect(heard).toEqual([
    [1, { name: 'plain', workerId }],
    [new Set([1]), { name: 'with.dots and ü!', workerId }],
    [undefined, { name: 'nothing', workerId }],
  ]);
});

test('one whose listener throws: the error is the program’s, and everything else goes on', async () => {
  expect(await runFixture('pool/listener-throws')).toEqual({
    errors: Array.from({ length: 20 }, () => 'of the listener'),
    results: 20,
    told: 20,
  });
});
