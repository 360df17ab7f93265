'use strict';
// Tasks per second through a pool, and what one costs its parent's JavaScript thread.

const { threadCpuMilliseconds } = require('../lib/thread-cpu');
const { check, payloads } = require('../lib/ipc/payload');
const { measure } = require('../lib/ipc/measure');
const { callers } = require('../lib/pool/callers');
const { subjects } = require('../lib/pool/subjects');

/** By payload: what is asked, and a look at what came. A pool that lost answers would be quick. */
const asks = {
  __proto__: null,
  add: { task: 'add', value: (index) => ({ a: index, b: 1 }), right: (result, index) => result === index + 1 },
  '1 KB object': same('1 KB object'),
  '1 MB Buffer': { ...same('1 MB Buffer'), advanced: true },
  '1 MB Buffer there': {
    ...same('1 MB Buffer'),
    task: 'measure',
    advanced: true,
    right: (result) => result === 1024 * 1024,
  },
};

function same(payload) {
  const value = payloads[payload]();
  return { task: 'echo', value: () => value, right: (result) => check(payload, result) ?? true };
}

async function main({ subject, payload, count, warmup, atOnce, ...where }) {
  const { task, value, right, advanced = false } = asks[payload];
  const { run, stop } = await subjects[subject]({ ...where, advanced });
  const series = (size) =>
    callers(
      atOnce,
      size,
      (index) => run(task, value(index)),
      (result, index) => {
        if (!right(result, index)) throw new Error(`${subject}: ${payload} ${index} came back as ${result}`);
      },
    );
  await series(warmup);
  const cpu = threadCpuMilliseconds();
  const begin = performance.now();
  await series(count);
  const wall = performance.now() - begin;
  const spent = threadCpuMilliseconds() - cpu;
  await stop();
  return { rate: (count / wall) * 1000, cpu: (spent / count) * 1000 };
}

measure(main);
