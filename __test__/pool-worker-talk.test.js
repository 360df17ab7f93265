'use strict';
// What a worker says beside answers, what it hears, and results whose memory moves.

const { RawWorker } = require('./lib/raw-pool.js');

let worker;

beforeAll(async () => {
  worker = new RawWorker();
  await worker.setUp('tasks.js');
  // From here on it is on its ring, as in a pool.
  for (let i = 0; i < 8; i++) await worker.task(i);
});

beforeEach(() => {
  worker.said.length = 0;
});

afterAll(() => worker.kill());

const result = (value) => ({ kind: 'R', value });

test('progress comes before the answer, in order, under the task', async () => {
  const [id] = worker.tasks([[3, 'progress']]);
  expect(await worker.answer(id)).toEqual(result(3));
  const said = worker.said.map(({ kind, id: of, name, value }) => [kind, of, name, value]);
  expect(said).toEqual([
    ['J', id, undefined, { step: 0 }],
    ['J', id, undefined, { step: 1 }],
    ['J', id, undefined, { step: 2 }],
    ['M', 0, 'told', 3],
    ['J', id, undefined, undefined],
    ['R', id, undefined, 3],
  ]);
});

test('progress of a task that is over says nothing', async () => {
  expect(await worker.task(0, 'progressAfter')).toEqual(result('over'));
  await worker.heard('after', false);
  expect(worker.said.filter(({ kind }) => kind === 'J')).toEqual([]);
});

test.each([
  ['plain', { a: 1 }],
  ['a name.with*everything (in) it', [undefined, 1n]],
  ['bytes', new Uint8Array(300).fill(3)],
  ['nothing', undefined],
])('emit(%j)', async (name, value) => {
  expect(await worker.task({ name, value }, 'emit')).toEqual(result(true));
  expect(worker.said.find(({ kind }) => kind === 'M')).toMatchObject({ name, value });
});

test.each([
  ['no text', 5, 'ERR_INVALID_ARG_VALUE'],
  ['an empty one', '', 'ERR_INVALID_ARG_VALUE'],
  ['one that is too long', 'é'.repeat(50), 'ERR_INVALID_ARG_VALUE'],
])('a name that is %s is refused', async (_what, name, code) => {
  const { kind, value: error } = await worker.task({ name }, 'emit');
  expect([kind, error.code]).toEqual(['E', code]);
});

test('messages to all workers are heard by those who listen, until they stop', async () => {
  const [id] = worker.tasks([[0, 'hear']]);
  await worker.heard('listening', undefined);
  worker.write('{"to":"all"}\n"and another"\n');
  expect(await worker.answer(id)).toEqual(result({ to: 'all' }));
});

test.each(['moved', 'movedWithin'])('%s: the memory of a result leaves the worker', async (name) => {
  const length = 200_000;
  const [id] = worker.tasks([[length, name]]);
  const { value } = await worker.answer(id);
  const bytes = name === 'moved' ? value : value.bytes;
  expect(Buffer.alloc(length, 7).equals(bytes)).toBe(true);
  await worker.heard('left', 0);
});

test('what is no memory cannot be moved without saying which', async () => {
  const { kind, value: error } = await worker.task(0, 'movedNothing');
  expect([kind, error.code]).toEqual(['E', 'ERR_INVALID_ARG_TYPE']);
});

test('large results go through shared memory', async () => {
  const [id] = worker.tasks([[300_000, 'bytes']]);
  const { value } = await worker.answer(id);
  expect(Buffer.alloc(300_000, 300_000 % 251).equals(value)).toBe(true);
  expect(worker.said.find((frame) => frame.id === id).shared).toBe(true);
});

test('a result that is longer than the pool takes is an error of that task', async () => {
  const { kind, value: error } = await worker.task(10_000_000, 'long');
  expect([kind, error.code]).toEqual(['E', 'ERR_PROCS_IPC_TOO_LARGE']);
  expect(await worker.task(1)).toEqual(result(1));
});

test('elsewhere than in a worker there is nothing', () => {
  const everything = require('@x/procs/worker');
  expect({ ...everything }).toMatchObject({ isWorker: false, workerId: 0, workerData: undefined });
  expect(everything.emit('name', 1)).toBe(false);
  expect(everything.onMessage(() => {})()).toBe(undefined);
  expect(() => everything.onMessage(5)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
});
