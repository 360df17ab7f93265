'use strict';
// Tasks that wait in JavaScript, because there is no room for them in the queue.

const path = require('node:path');
const { begin, endPools, makePool, outcome } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');
const QUEUE_TIMEOUT = { reason: 'timeout', code: 'ERR_PROCS_TASK_QUEUE_TIMEOUT' };

afterEach(endPools);

/** A worker that is busy until it is told to go on, and as many tasks behind it as there is room for, which count. */
async function full(options) {
  const works = makePool({ filename: WORKS, prefetch: 0, maxQueue: 2, overflow: 'wait', ...options });
  const gate = begin(works, 'gate', 'g', { queueTimeout: 0 });
  await gate.begun;
  const queued = [works.run(null, { name: 'count', queueTimeout: 0 }), works.run(null, { name: 'count', queueTimeout: 0 })];
  return {
    works,
    open: async () => {
      works.broadcast({ open: 'g' });
      return Promise.all([gate.result, ...queued]);
    },
  };
}

test.each([
  ['of a line', 1],
  ['of bytes', new Uint8Array(100_000)],
])('queueTimeout ends them, %s, and they are never begun', async (_, value) => {
  const { works, open } = await full();
  const late = await outcome(works.run(value, { name: 'count', queueTimeout: 20 }));
  expect(late).toMatchObject(QUEUE_TIMEOUT);
  expect(late.error).toMatchObject({ workerId: 0, attempts: 0, ran: 0 });
  expect(late.error.waited).toBeGreaterThanOrEqual(19);
  expect(works.stats()).toMatchObject({ pending: 3, ended: { 'queue-timeout': 1 } });
  expect(await open()).toEqual(['g', 1, 2]);
  expect(await works.run(null, { name: 'count' })).toBe(3);
});

test('also of one that is given late in a turn, in which timers come too early', async () => {
  const { works, open } = await full();
  const until = performance.now() + 40;
  while (performance.now() < until);
  expect(await outcome(works.run(1, { name: 'count', queueTimeout: 20 }))).toMatchObject(QUEUE_TIMEOUT);
  await open();
});

test('so does a deadline, and a limit that the pool has', async () => {
  const { works, open } = await full({ queueTimeout: 20 });
  expect(await outcome(works.run(1, { name: 'count', queueTimeout: 0, deadline: 10 }))).toMatchObject({ code: 'ERR_PROCS_TASK_TIMEOUT' });
  expect(await outcome(works.run(1, { name: 'count' }))).toMatchObject(QUEUE_TIMEOUT);
  const waits = works.run(1, { name: 'count', queueTimeout: 0 });
  expect(await open()).toEqual(['g', 1, 2]);
  expect(await waits).toBe(3);
});

test('map() too, which waits whatever the pool does otherwise', async () => {
  const { works, open } = await full({ overflow: 'reject' });
  const results = works.map([1, 2, 3], { name: 'count', queueTimeout: 20 });
  expect(await outcome(results.next())).toMatchObject(QUEUE_TIMEOUT);
  expect(await open()).toEqual(['g', 1, 2]);
});

test('what they have waited here counts when there is room', async () => {
  const works = makePool({ filename: WORKS, prefetch: 0, maxQueue: 2, overflow: 'wait' });
  const gate = begin(works, 'gate', 'g');
  await gate.begun;
  const order = [];
  const add = (name, queueTimeout) =>
    outcome(works.run(1, { name: 'echo', queueTimeout })).then((told) => {
      order.push([name, told.code]);
      return told;
    });
  const queued = [add('queued', 300), add('queued', 300)];
  const first = add('first', 1300);
  await Promise.all(queued);
  // It has the rest of its time now, which is shorter than this.
  const second = add('second', 1200);
  expect((await first).error.waited).toBeGreaterThanOrEqual(1299);
  await second;
  expect(order.map(([name]) => name)).toEqual(['queued', 'queued', 'first', 'second']);
  works.broadcast({ open: 'g' });
  await gate.result;
});

test('a signal ends them, and those beside them are done in their order', async () => {
  const { works, open } = await full();
  const controller = new AbortController();
  const all = Array.from({ length: 1000 }, (_, i) =>
    outcome(works.run(null, { name: 'count', signal: i % 2 === 0 ? controller.signal : null, queueTimeout: 600_000 })),
  );
  const reason = new Error('enough');
  controller.abort(reason);
  const aborted = await Promise.all(all.filter((_, i) => i % 2 === 0));
  for (const { code, error } of aborted) expect([code, error.cause]).toEqual(['ABORT_ERR', reason]);
  expect(works.stats()).toMatchObject({ pending: 503, ended: { aborted: 500 } });
  await open();
  const done = await Promise.all(all.filter((_, i) => i % 2 === 1));
  expect(done.map(({ result }) => result)).toEqual(done.map((_, i) => i + 3));
});

test('destroy() and close({ force: true }) give them up', async () => {
  for (const [end, code] of [
    [(works) => works.destroy(), 'ERR_PROCS_POOL_CLOSED'],
    [(works) => works.close({ force: true }), 'ABORT_ERR'],
  ]) {
    const { works, open } = await full();
    const waits = outcome(works.run(1, { name: 'count', queueTimeout: 600_000 }));
    const opened = outcome(open());
    await end(works);
    expect(await waits).toMatchObject({ code });
    await opened;
  }
});
