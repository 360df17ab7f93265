'use strict';
// What waits: in which order it is taken, how much of it there may be.

const path = require('node:path');
const { begin, endPools, makePool, outcome } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

const pool = (options) => makePool({ filename: WORKS, prefetch: 0, ...options });

/** A worker that is busy until it is told to go on, and what is done after that, in its order. */
async function held(options) {
  const works = pool({ ageing: 0, ...options });
  const { begun, result } = begin(works, 'gate', 'first');
  await begun;
  const order = [];
  return {
    works,
    order,
    add: (value, terms) =>
      works.run(value, { name: 'echo', ...terms }).then(
        (done) => order.push(done),
        (error) => order.push(error.code),
      ),
    open: async () => {
      works.broadcast({ open: 'first' });
      await result;
    },
  };
}

describe('order', () => {
  test('values of every kind that are given in one turn keep theirs', async () => {
    const { add, order, open } = await held();
    const kinds = [
      { a: 1 },
      'x',
      [1, [2]],
      -0,
      { '"},{': '],[\\"' },
      null,
      { deep: { er: [] } },
      true,
      new Map([[1, 2]]),
      7,
      undefined,
      { b: 'ü\n' },
      '',
    ];
    // With names that come before, and do not, and with options besides.
    const all = [...kinds, ...kinds].map((value, i) => add(value, i % 5 === 3 ? { priority: 0 } : i % 7 === 6 ? { name: 'echoToo' } : {}));
    await open();
    await Promise.all(all);
    expect(order).toEqual([...kinds, ...kinds]);
  });

  test('first in, first out', async () => {
    const { add, order, open } = await held();
    const all = Array.from({ length: 100 }, (_, i) => add(i));
    await open();
    await Promise.all(all);
    expect(order).toEqual(all.map((_, i) => i));
  });

  test('higher priority first, and in each the order in which they came', async () => {
    const { add, order, open } = await held();
    const all = ['a:0', 'b:5', 'c:-1', 'd:5', 'e:0'].map((name) => add(name, { priority: Number(name.split(':')[1]) }));
    await open();
    await Promise.all(all);
    expect(order).toEqual(['b:5', 'd:5', 'a:0', 'e:0', 'c:-1']);
  });

  test('the pool’s priority, and a task’s own', async () => {
    const { add, order, open } = await held({ priority: 3 });
    const all = [add('three'), add('none', { priority: 0 }), add('four', { priority: 4 })];
    await open();
    await Promise.all(all);
    expect(order).toEqual(['four', 'three', 'none']);
  });

  test('keys take turns, however many each has waiting', async () => {
    const { add, order, open } = await held();
    const all = [];
    for (let i = 0; i < 50; i++) all.push(add('many', { key: 'many' }));
    for (let i = 0; i < 3; i++) all.push(add('few', { key: 'few' }));
    await open();
    await Promise.all(all);
    expect(order.slice(0, 8).filter((name) => name === 'few')).toHaveLength(3);
  });

  test('with ageing nothing waits for ever, though something more important always comes', async () => {
    const works = pool({ ageing: 1 });
    let isOver = false;
    const important = async () => {
      while (!isOver) await works.run(1, { name: 'work', priority: 100 });
    };
    const all = [important(), important(), important()];
    await works.run(1, { name: 'echo' });
    isOver = true;
    await Promise.all(all);
  });
});

describe('bounds', () => {
  test('maxQueue: what is too much is refused at once, what was taken is done', async () => {
    const { works, open } = await held({ maxQueue: 10 });
    const all = Array.from({ length: 30 }, (_, i) => outcome(works.run(i, { name: 'echo' })));
    await Promise.race(all);
    const refused = (await Promise.all(all.slice(10))).map(({ code }) => code);
    expect(refused).toEqual(refused.map(() => 'ERR_PROCS_QUEUE_FULL'));
    await open();
    expect((await Promise.all(all.slice(0, 10))).map(({ result }) => result)).toEqual(refused.slice(0, 10).map((_, i) => i));
    expect(works.stats()).toMatchObject({ queued: 0, refused: 20 });
  });

  test('maxQueue 0: nothing waits', async () => {
    const { works, open } = await held({ maxQueue: 0 });
    expect(await outcome(works.run(1, { name: 'echo' }))).toMatchObject({ code: 'ERR_PROCS_QUEUE_FULL' });
    await open();
    expect(await works.run(1, { name: 'echo' })).toBe(1);
  });

  test("maxQueue 'auto' is the square of maxWorkers", () => {
    expect(pool({ maxWorkers: 3, maxQueue: 'auto' }).options.maxQueue).toBe(9);
  });

  test("overflow 'wait': all are done, in their order, with what they have besides", async () => {
    const { works, add, order, open } = await held({ maxQueue: 5, overflow: 'wait' });
    const all = [];
    for (let i = 0; i < 600; i++) all.push(i % 3 === 0 ? add(i) : i % 3 === 1 ? add(i, { key: 'k', retries: 1 }) : add(BigInt(i)));
    expect(works.needsDrain).toBe(true);
    await open();
    await Promise.all(all);
    expect([...order].map(Number).sort((a, b) => a - b)).toEqual(all.map((_, i) => i));
    expect(works.pending).toBe(0);
  });

  test("overflow 'wait': bytes wait as they were when they were given", async () => {
    const { works, open } = await held({ maxQueue: 1, overflow: 'wait' });
    const bytes = new Uint8Array(100_000).fill(1);
    const all = Array.from({ length: 5 }, () => works.run(bytes, { name: 'echo' }));
    bytes.fill(2);
    await open();
    for (const result of await Promise.all(all)) expect(result.every((byte) => byte === 1)).toBe(true);
  });

  test('maxQueuedBytes: long tasks count as what they are', async () => {
    const { works, open } = await held({ maxQueuedBytes: 100_000 });
    const text = 'x'.repeat(30_000);
    const all = Array.from({ length: 10 }, () => outcome(works.run(text, { name: 'echo' })));
    const refused = (await Promise.all(all.slice(3))).map(({ code }) => code);
    expect(refused).toEqual(refused.map(() => 'ERR_PROCS_QUEUE_FULL'));
    expect(works.stats().queuedBytes).toBeLessThanOrEqual(100_000);
    await open();
    expect((await Promise.all(all.slice(0, 3))).map(({ result }) => result.length)).toEqual([30_000, 30_000, 30_000]);
    // One alone may be longer.
    expect(await works.run('y'.repeat(200_000), { name: 'echo' })).toHaveLength(200_000);
  });

  test('needsDrain and drain', async () => {
    const { works, open } = await held({ maxQueue: 10 });
    const events = [];
    works.on('needsDrain', () => events.push('needsDrain'));
    const drained = new Promise((resolve) => works.once('drain', resolve));
    const all = [];
    while (!works.needsDrain) all.push(works.run(all.length, { name: 'echo' }));
    expect(all.length).toBe(10);
    expect(works.queueSize).toBe(10);
    await open();
    await drained;
    expect(events).toEqual(['needsDrain']);
    expect(works.needsDrain).toBe(false);
    expect(await Promise.all(all)).toEqual(all.map((_, i) => i));
  });

  test('a producer that heeds them never is refused', async () => {
    const works = pool({ maxQueue: 8, maxWorkers: 2, minWorkers: 2, prefetch: 'auto' });
    const all = [];
    for (let i = 0; i < 2000; i++) {
      if (works.needsDrain) await new Promise((resolve) => works.once('drain', resolve));
      all.push(works.run(i, { name: 'echo' }));
    }
    expect(await Promise.all(all)).toEqual(all.map((_, i) => i));
  });

  test('configure() changes them', async () => {
    const { works, open } = await held({ maxQueue: 0 });
    expect(await outcome(works.run(1, { name: 'echo' }))).toMatchObject({ code: 'ERR_PROCS_QUEUE_FULL' });
    works.configure({ maxQueue: 1 });
    const task = works.run(1, { name: 'echo' });
    await open();
    expect(await task).toBe(1);
    expect(works.options.maxQueue).toBe(1);
  });
});

describe('times', () => {
  test('queueTimeout: from run() to its beginning', async () => {
    const { works, open } = await held();
    const error = await outcome(works.run(1, { name: 'echo', queueTimeout: 20 }));
    expect(error).toMatchObject({ name: 'WorkerError', reason: 'timeout', code: 'ERR_PROCS_TASK_QUEUE_TIMEOUT' });
    expect(error.error).toMatchObject({ workerId: 0, attempts: 0, ran: 0 });
    expect(error.error.waited).toBeGreaterThanOrEqual(19);
    await open();
    // It does not count what comes after.
    expect(await works.run('done', { name: 'later', queueTimeout: 20_000 })).toBe('done');
  });

  test('timeout: from its beginning to its end', async () => {
    const { works, open } = await held({ abortGrace: 10_000 });
    const late = outcome(works.run(null, { name: 'willing', timeout: 30 }));
    await open();
    expect(await late).toMatchObject({ reason: 'timeout', code: 'ERR_PROCS_TASK_TIMEOUT', attempts: 1 });
    // The worker was told, and is as good as before.
    expect(works.workers).toHaveLength(1);
    expect(await works.run(1, { name: 'echo' })).toBe(1);
    expect(works.stats().crashed).toBe(0);
  });

  test('deadline: from run() to its end, wherever it is', async () => {
    const { works, open } = await held({ abortGrace: 10_000 });
    expect(await outcome(works.run(1, { name: 'echo', deadline: 20 }))).toMatchObject({ reason: 'timeout' });
    await open();
    expect(await outcome(works.run(1, { name: 'willing', deadline: 30 }))).toMatchObject({ reason: 'timeout' });
    expect(await works.run(1, { name: 'echo', deadline: 30_000 })).toBe(1);
  });

  test('the pool’s, and a task without', async () => {
    const works = pool({ timeout: 20, abortGrace: 10_000 });
    expect(await outcome(works.run(null, { name: 'willing' }))).toMatchObject({ code: 'ERR_PROCS_TASK_TIMEOUT' });
    const { begun, result } = begin(works, 'gate', 'g', { timeout: 0 });
    await begun;
    await new Promise((resolve) => setTimeout(resolve, 60));
    works.broadcast({ open: 'g' });
    expect(await result).toBe('g');
  });
});
