'use strict';
// Which tasks of a worker run when: so many at once, in the order in which they came; what is given up, and what its pool takes back.

const { RawWorker } = require('./lib/raw-pool.js');

/** Of the page: how many have begun. The pool may move it on. */
const STARTED = 3;

let worker;

async function ready(options) {
  worker = new RawWorker();
  await worker.setUp('tasks.js', options);
}

afterEach(() => worker.kill());

const result = (value) => ({ kind: 'R', value });
const gates = (...words) => Promise.all(words.map((word) => worker.heard('begun', word)));
const begun = async () => (await worker.task(0, 'begun')).value;

test('one at a time where nothing else is said; what comes meanwhile waits, in order', async () => {
  await ready();
  const [gate, ...rest] = worker.tasks([
    ['a', 'gate'],
    ['b', 'note'],
    ['c', 'later'],
    ['d', 'note'],
    [0, 'begun'],
  ]);
  await gates('a');
  // It has no turn of its own to open the gate in: so it is given up.
  worker.giveUp(gate);
  const answers = await worker.results([gate, ...rest]);
  expect(answers.at(-1)).toEqual(result(['a', 'b', 'd']));
  expect(answers[0].kind).toBe('E');
  expect(worker.cells.started).toBe(5);
});

test('as many at once as it is told; the others begin as those end, in order', async () => {
  await ready({ concurrentTasksPerWorker: 3 });
  const ids = worker.tasks([
    ['a', 'gate'],
    ['b', 'gate'],
    ['c', 'gate'],
    ['d', 'note'],
    ['e', 'gate'],
    ['f', 'note'],
  ]);
  await gates('a', 'b', 'c');
  expect(worker.cells.started).toBe(3);
  worker.giveUp(ids[1]);
  await gates('e');
  expect(worker.cells.started).toBe(5);
  worker.giveUp(ids[0]);
  expect(await begun()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  await worker.task('c', 'open');
  await worker.task('e', 'open');
  expect((await worker.results(ids)).map(({ kind }) => kind).join('')).toBe('EERRRR');
});

describe('given up', () => {
  const reason = { name: 'TimeoutError', message: 'Too late', code: 'ERR_LATE' };

  test('while it runs: its signal is aborted with the reason, and what it makes of that is the answer', async () => {
    await ready();
    const [id] = worker.tasks([['a', 'gate']]);
    await gates('a');
    worker.giveUp(id, reason);
    const { kind, value } = await worker.answer(id);
    expect([kind, value.name, value.message, value.code]).toEqual(['E', 'TimeoutError', 'Too late', 'ERR_LATE']);
  });

  test('while it runs, without a reason: an AbortError', async () => {
    await ready();
    const [id] = worker.tasks([['a', 'gate']]);
    await gates('a');
    worker.giveUp(id);
    const { kind, value } = await worker.answer(id);
    expect([kind, value.name, value.code]).toEqual(['E', 'AbortError', 'ABORT_ERR']);
  });

  test('while it waits: answered at once, never begun; and counted when its turn comes', async () => {
    await ready({ concurrentTasksPerWorker: 2 });
    const [a, b, c, d] = worker.tasks([
      ['a', 'gate'],
      ['b', 'gate'],
      ['c', 'note'],
      ['d', 'note'],
    ]);
    await gates('a', 'b');
    worker.giveUp(c, reason);
    const { kind, value } = await worker.answer(c);
    expect([kind, value.name, value.code]).toEqual(['E', 'AbortError', 'ABORT_ERR']);
    expect(worker.cells.started).toBe(2);
    worker.giveUp(a);
    await worker.answer(d);
    expect(worker.cells.started).toBe(4);
    expect(await begun()).toEqual(['a', 'b', 'd']);
    worker.giveUp(b);
    await worker.answer(b);
    expect([c, d].map((id) => worker.answers(id).length)).toEqual([1, 1]);
  });

  test('with the same write that brings it: never begun', async () => {
    await ready();
    worker.write('Q501=note:"x"\nQ502=note:"y"\nC501:\nQ503=begun:0\n');
    expect((await worker.answer(501)).kind).toBe('E');
    expect(await worker.answer(503)).toEqual(result(['y']));
    expect(worker.cells.started).toBe(3);
  });

  test('when it has been answered already, or never came: nothing', async () => {
    await ready();
    const [id] = worker.tasks([[1]]);
    await worker.answer(id);
    worker.giveUp(id);
    worker.giveUp(4711);
    expect(await worker.task(2)).toEqual(result(2));
    expect(worker.answers(id)).toHaveLength(1);
  });
});

test('taken back by the pool: not begun, and what comes behind them is', async () => {
  await ready();
  const [gate, ...taken] = worker.tasks([
    ['a', 'gate'],
    ['b', 'note'],
    ['c', 'note'],
    ['d', 'note'],
  ]);
  await gates('a');
  // As the pool does: whoever moves it on from 1 has those behind.
  expect(Atomics.exchange(worker.page, STARTED, 4)).toBe(1);
  const [note] = worker.tasks([['e', 'note']]);
  worker.giveUp(gate);
  await worker.answer(note);
  expect(await begun()).toEqual(['a', 'e']);
  expect((await worker.results(taken)).map(({ kind, value }) => [kind, value.code])).toEqual(taken.map(() => ['E', 'ABORT_ERR']));
  expect(worker.cells.started).toBe(6);
});

test('what a task sets in an AsyncLocalStorage is gone with it', async () => {
  await ready({ concurrentTasksPerWorker: 2 });
  const ids = worker.tasks([
    [1, 'enter'],
    [0, 'entered'],
    [2, 'enter'],
    [0, 'entered'],
  ]);
  expect(await worker.results(ids)).toEqual([1, undefined, 2, undefined].map(result));
  expect(await worker.task(0, 'entered')).toEqual(result(undefined));
});

test('the page tells how far it is, what it has done, and how it is', async () => {
  worker = new RawWorker({ beatEvery: 5 });
  expect(worker.cells.state).toBe(0);
  await worker.setUp('tasks.js');
  expect(worker.cells.state).toBe(2);
  await worker.results(worker.tasks(Array.from({ length: 10 }, (_, i) => [i, 'later'])));
  // It is told at the end of a turn, behind the answers.
  do await worker.task(0);
  while (worker.cells.finished < 10);
  expect(worker.cells.busy).toBeGreaterThan(0);
  const { beats } = worker.cells;
  do await worker.task(0, 'later');
  while (worker.cells.beats < beats + 2);
  expect(worker.cells.heapUsed).toBeGreaterThan(500);
  expect(worker.cells.heapLimit).toBeGreaterThan(worker.cells.heapUsed);
  expect(worker.cells.utilization).toBeLessThanOrEqual(10_000);
  await worker.tearDown();
  expect(worker.cells.state).toBe(3);
});

test('without a page it does the same', async () => {
  worker = new RawWorker({ hasPage: false });
  await worker.setUp('tasks.js');
  expect(await worker.results(worker.tasks([[1], [2, 'later'], [3, 'quick']]))).toEqual([1, 2, 3].map(result));
  expect((await worker.task(0, 'whoAmI')).value.workerId).toBe(7);
});
