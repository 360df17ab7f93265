'use strict';
// What tasks that wait cost: resident memory that is not V8's heap, in bytes a task; and whether the bound on their bytes holds. Run with
// --expose-gc.

const { measure } = require('../lib/ipc/measure');
const { TASKS } = require('../lib/pool/subjects');

const MB = 1024 * 1024;

function outsideHeap() {
  globalThis.gc();
  const { rss, heapTotal } = process.memoryUsage();
  return rss - heapTotal;
}

/** The only worker is busy, so that all of them wait. */
async function busyPool(module, options) {
  const { Pool } = require(module);
  const pool = new Pool({ filename: TASKS, minWorkers: 1, maxWorkers: 1, prefetch: 0, ...options });
  await pool.run(0, { name: 'sleep' });
  pool.run(3_600_000, { name: 'sleep' }).catch(() => {});
  return pool;
}

async function waiting(module, count) {
  const pool = await busyPool(module, { maxQueue: Number.POSITIVE_INFINITY, maxQueuedBytes: 2 ** 32 });
  let ended = 0;
  const end = () => ended++;
  const before = outsideHeap();
  const begin = performance.now();
  for (let i = 0; i < count; i++) pool.run({ id: i, type: 'task' }, { name: 'add' }).then(end, end);
  // All that was asked for is with the pool when a turn has gone by.
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  const wall = performance.now() - begin;
  const after = outsideHeap();
  const { queued } = pool.stats();
  if (queued < count) throw new Error(`${queued} are queued of ${count}`);
  await pool.destroy();
  // V8 gives the pages of its heap back in its own time, on threads of its own.
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (ended !== count) throw new Error(`${ended} of ${count} tasks came to an end with the pool`);
  return { bytes: (after - before) / count, submitted: (count / wall) * 1000, kept: (outsideHeap() - before) / count };
}

/** Asks for more than fits, each 256 KB, until it is refused. */
async function bounded(module, limit) {
  const pool = await busyPool(module, { maxQueue: Number.POSITIVE_INFINITY, maxQueuedBytes: limit });
  const value = 'x'.repeat(MB / 4);
  const before = outsideHeap();
  const refused = [];
  const all = [];
  for (let i = 0; i < (limit / MB) * 8; i++) all.push(pool.run(value, { name: 'echo' }).catch((error) => refused.push(error.code)));
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  const grown = outsideHeap() - before;
  const full = refused.filter((code) => code === 'ERR_PROCS_QUEUE_FULL').length;
  await pool.destroy();
  await Promise.all(all);
  // Half of what was asked for does not fit. What is refused is told at once.
  return { accepted: ((all.length - full) * (MB / 4)) / limit, grown: grown / limit };
}

async function main({ module, count, limit }) {
  return { ...(await waiting(module, count)), ...(await bounded(module, limit)) };
}

measure(main);
