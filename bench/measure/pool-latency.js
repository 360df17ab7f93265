'use strict';
// One task at a time: microseconds from run() to its result.

const { measure } = require('../lib/ipc/measure');
const { subjects } = require('../lib/pool/subjects');
const { percentile } = require('../lib/stats');

async function main({ subject, count, warmup, ...where }) {
  const { run, stop } = await subjects[subject](where);
  const times = [];
  for (let i = 0; i < warmup + count; i++) {
    const begin = performance.now();
    await run('add', { a: i, b: 1 });
    if (i >= warmup) times.push((performance.now() - begin) * 1000);
  }
  await stop();
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

measure(main);
