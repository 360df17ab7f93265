'use strict';
// A worker that dies in the middle of what it was sent: what was done before is known, and what was not begun is, too.

const { constants } = require('node:os');
const { RawWorker } = require('./lib/raw-pool.js');

/** A cell of the page. */
const HEAP_FULL = 12;
const WARM = 8;
const BEFORE = 40;
const BEHIND = 20;

/** A worker on its ring, as in a pool. */
async function ready() {
  const worker = new RawWorker();
  await worker.setUp('tasks.js');
  for (let i = 0; i < WARM; i++) await worker.task(i);
  worker.said.length = 0;
  return worker;
}

const ids = (worker) => worker.said.filter(({ kind }) => kind === 'R' || kind === 'E').map(({ id }) => id);
const many = (count, name) => Array.from({ length: count }, (_, i) => [i, name]);

describe.each([
  ['SIGKILL', { exitCode: 0, signal: 9 }],
  ['SIGSEGV', { exitCode: 0, signal: 11 }],
  ['abort', { exitCode: 0, signal: 6 }],
  ['exit', { exitCode: 3, signal: 0 }],
  ['reallyExit', { exitCode: 4, signal: 0 }],
])('by %s', (how, end) => {
  test.each(['default', 'quick'])('all of the answers before it have arrived, and begun is what the page says: %s()', async (name) => {
    const worker = await ready();
    const sent = worker.tasks([...many(BEFORE, name), [how, 'crash'], ...many(BEHIND, 'note')]);
    expect(await worker.ended).toEqual(end);
    expect(ids(worker)).toEqual(sent.slice(0, BEFORE));
    expect(worker.cells.started).toBe(WARM + BEFORE + 1);
  });
});

test.each(['SIGKILL', 'exit'])('by %s, behind results that the pool takes only bit by bit: they are all there', async (how) => {
  const worker = await ready();
  const sent = worker.tasks([...Array.from({ length: 4 }, () => [3_000_000, 'long']), [how, 'crash'], [0, 'note']]);
  await worker.ended;
  expect(ids(worker)).toEqual(sent.slice(0, 4));
  expect(worker.cells.started).toBe(WARM + 5);
});

test('of a heap that is full, which the page tells from other reasons to abort', async () => {
  const worker = new RawWorker({ execArgv: ['--max-old-space-size=40'] });
  await worker.setUp('tasks.js');
  expect(worker.page[HEAP_FULL]).toBe(0);
  worker.tasks([[1], ['heap', 'crash']]);
  const { signal } = await worker.ended;
  expect(['SIGABRT', 'SIGTRAP', 'SIGILL'].map((name) => constants.signals[name])).toContain(signal);
  expect(worker.page[HEAP_FULL]).toBe(1);
  expect(ids(worker)).toContain(1);
  const aborted = await ready();
  aborted.tasks([['abort', 'crash']]);
  await aborted.ended;
  expect(aborted.page[HEAP_FULL]).toBe(0);
});

test('of tasks that run at the same time, those that are done have been answered', async () => {
  const worker = new RawWorker();
  await worker.setUp('tasks.js', { concurrentTasksPerWorker: 3 });
  const [open] = worker.tasks([
    ['a', 'gate'],
    [1, 'later'],
    [2, 'quick'],
    [3, 'later'],
    ['SIGKILL', 'crash'],
    [4, 'note'],
  ]);
  await worker.ended;
  // When this one was begun, one of those before it was done.
  expect(ids(worker).length).toBeGreaterThan(1);
  expect(ids(worker)).not.toContain(open);
  expect(worker.cells.started).toBe(5);
});

test('what is thrown by nobody in particular ends it, and is told with its goodbye', async () => {
  const worker = await ready();
  const sent = worker.tasks([[1], ['throwLater', 'crash'], [2]]);
  expect(await worker.ended).toEqual({ exitCode: 1, signal: 0 });
  expect(ids(worker)).toEqual(sent);
  const goodbye = worker.said.at(-1);
  expect(goodbye).toMatchObject({ kind: 'X', value: { name: 'RangeError', message: 'thrown by nobody' } });
  expect(goodbye.value.stack).toContain('crash.js');
  expect(worker.stderr).toContain('thrown by nobody');
});

test('a promise that is rejected and that nobody looks at does, too', async () => {
  const worker = new RawWorker();
  await worker.setUp('rejects.js');
  worker.tasks([[1], [2]]);
  expect(await worker.ended).toEqual({ exitCode: 1, signal: 0 });
  expect(worker.said.at(-1)).toMatchObject({ kind: 'X', value: { message: 'looked at by nobody' } });
});

test('unless the program sees to it: then it goes on, and nothing is told at its end', async () => {
  const worker = new RawWorker();
  await worker.setUp('catches.js');
  expect(await worker.task(1)).toEqual({ kind: 'R', value: 'thrown' });
  expect(await worker.task(2)).toEqual({ kind: 'R', value: 'caught' });
  worker.tasks([[0, 'exit']]);
  expect(await worker.ended).toEqual({ exitCode: 0, signal: 0 });
  expect(worker.said.filter(({ kind }) => kind === 'X')).toEqual([]);
});

test('it is ended from outside while it is idle: nothing was begun that is not answered', async () => {
  const worker = await ready();
  expect(await worker.kill()).toEqual({ exitCode: 0, signal: 9 });
  expect(worker.cells.started).toBe(WARM);
});
