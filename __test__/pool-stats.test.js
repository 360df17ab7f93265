'use strict';
// What can be seen of a pool.

const path = require('node:path');
const { begin, endPools, makePool, outcome } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

const pool = (options) => makePool({ filename: WORKS, prefetch: 0, ...options });

test('counts', async () => {
  const works = pool();
  const gate = begin(works, 'gate', 'g');
  await gate.begun;
  const waiting = Array.from({ length: 5 }, (_, i) => works.run(i, { name: 'echo' }));
  await new Promise(setImmediate);
  expect(works.stats()).toMatchObject({
    pending: 6,
    queued: 5,
    running: 1,
    accepted: 6,
    completed: 0,
    spareWorkers: 0,
    openWorkers: 1,
    circuit: null,
    output: null,
  });
  expect(works.stats().queuedBytes).toBeGreaterThan(0);
  expect([works.pending, works.queueSize, works.completed, works.idleWorkers]).toEqual([6, 5, 0, 0]);
  works.broadcast({ open: 'g' });
  await Promise.all([gate.result, ...waiting]);
  await outcome(works.run('x', { name: 'fails' }));
  await outcome(works.run('SIGKILL', { name: 'kill' }));
  await works.run(1, { name: 'echo' });
  const stats = works.stats();
  expect(stats).toMatchObject({
    pending: 0,
    queued: 0,
    running: 0,
    queuedBytes: 0,
    accepted: 9,
    completed: 8,
    failed: 1,
    ended: { signal: 1 },
    crashed: 1,
    started: 2,
  });
  expect(works.completed).toBe(8);
});

test('workers', async () => {
  const works = pool({ spareWorkers: 1, maxWorkers: 1 });
  const about = await works.run(null, { name: 'about' });
  while (works.stats().spareWorkers < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  const { workers } = works.stats();
  expect(workers.map(({ state }) => state).sort()).toEqual(['idle', 'spare']);
  const idle = workers.find(({ state }) => state === 'idle');
  expect(idle).toMatchObject({ workerId: about.workerId, pid: about.pid, why: null, tasks: 0, completed: 1 });
  expect(idle.rss).toBeGreaterThan(1e6);
  expect(idle.age).toBeGreaterThan(0);
  expect(idle.startTime).toBeGreaterThan(0);
  const gate = begin(works, 'gate', 'g');
  await gate.begun;
  expect(works.stats().workers.find(({ pid }) => pid === about.pid)).toMatchObject({ state: 'busy', tasks: 1 });
  works.broadcast({ open: 'g' });
  await gate.result;
});

test('times', async () => {
  const works = pool();
  const none = works.stats();
  expect(none.runTime).toMatchObject({ count: 0, average: 0, p99: 0, max: 0 });
  await Promise.all([works.run(20, { name: 'work' }), works.run(20, { name: 'work' })]);
  const { runTime, waitTime, startTime, utilization, duration } = works.stats();
  expect(runTime.count).toBe(2);
  expect(runTime.min).toBeGreaterThanOrEqual(19);
  expect(runTime.average).toBe(runTime.mean);
  expect(runTime.p50).toBeGreaterThanOrEqual(19);
  // The second has waited for the first.
  expect(waitTime.max).toBeGreaterThanOrEqual(19);
  expect(startTime).toMatchObject({ count: 1 });
  expect(utilization).toBeGreaterThan(0);
  expect(utilization).toBeLessThanOrEqual(1);
  expect(duration).toBeGreaterThan(40);
  expect(works.histogram.runTime.count).toBe(2);
  expect(works.utilization).toBeGreaterThan(0);
});

test('when it is closed they are as they were at the end', async () => {
  const works = pool();
  await works.run({ a: 1, b: 1 });
  await works.close();
  expect(works.stats()).toMatchObject({ completed: 1, workers: [], pending: 0 });
});

test('OpenMetrics', async () => {
  const works = pool({ circuitBreaker: {} });
  await works.run({ a: 1, b: 1 });
  await outcome(works.run('x', { name: 'fails' }));
  const text = works.openMetrics();
  const lines = text.split('\n');
  expect(lines.slice(-2)).toEqual(['# EOF', '']);
  expect(lines).toEqual(
    expect.arrayContaining([
      '# TYPE procs_pool_tasks_completed counter',
      'procs_pool_tasks_submitted_total 2',
      'procs_pool_tasks_completed_total{result="success"} 1',
      'procs_pool_tasks_completed_total{result="error"} 1',
      'procs_pool_tasks_queued 0',
      'procs_pool_workers{state="idle"} 1',
      'procs_pool_task_run_seconds_count 2',
      'procs_pool_circuit{procs_pool_circuit="closed"} 1',
      'procs_pool_circuit{procs_pool_circuit="open"} 0',
    ]),
  );
  // Each line is a comment or a sample, each family is told of once and together, and every sample is a number.
  const families = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
  expect(new Set(families).size).toBe(families.length);
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'));
  for (const sample of samples) expect(sample).toMatch(/^procs_pool_[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? -?[0-9.e+-]+$/);
});

test('OpenMetrics: prefix and labels', async () => {
  const works = pool();
  const text = works.openMetrics({ prefix: 'images', labels: { host: 'a"b\\c\nd' } });
  expect(text).toContain('images_tasks_submitted_total{host="a\\"b\\\\c\\nd"} 0\n');
  expect(() => works.openMetrics({ prefix: 'no-name' })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  expect(() => works.openMetrics({ labels: { 'no-name': 'x' } })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  expect(() => works.openMetrics({ labels: { worker: 'x' } })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  expect(() => works.openMetrics({ labels: { name: 1 } })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
});
