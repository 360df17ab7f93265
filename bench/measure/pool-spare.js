'use strict';
// From the kill of a pool's only worker to the result of the task that is asked for in the same breath, in milliseconds.

const { fork } = require('node:child_process');
const path = require('node:path');
const { once } = require('node:events');
const { measure } = require('../lib/ipc/measure');
const { TASKS } = require('../lib/pool/subjects');
const { percentile } = require('../lib/stats');

const BARE = path.join(__dirname, '..', 'peers', 'pool-fork.js');

async function ours({ module }) {
  const { Pool } = require(module);
  const pool = new Pool({ filename: TASKS, minWorkers: 1, maxWorkers: 1, spareWorkers: 1 });
  await pool.run(0, { name: 'pid' });
  return {
    pid: () => pool.run(0, { name: 'pid' }),
    add: (values) => pool.run(values, { name: 'add' }),
    /** Until there is a spare again. */
    ready: () => spare(pool),
    stop: () => pool.destroy(),
  };
}

async function spare(pool) {
  while (pool.stats().spareWorkers < 1) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** What there is without a pool: the exit is seen, and a new child is forked. */
async function bare() {
  let child = fork(BARE);
  const ask = async (message) => {
    child.send(message);
    const [{ result }] = await once(child, 'message');
    return result;
  };
  const restart = async (message) => {
    await once(child, 'exit');
    child = fork(BARE);
    return ask(message);
  };
  return {
    pid: async () => child.pid,
    add: (value) => restart({ id: 0, task: 'add', value }),
    ready: () => ask({ id: 0, task: 'add', value: { a: 1, b: 1 } }),
    stop: () => child.kill(),
  };
}

async function main({ subject, count, module }) {
  const pool = await (subject === 'ours' ? ours({ module }) : bare());
  const times = [];
  for (let i = 0; i < count; i++) {
    await pool.ready();
    const pid = await pool.pid();
    const begin = performance.now();
    process.kill(pid, 'SIGKILL');
    const result = await pool.add({ a: i, b: 1 });
    times.push(performance.now() - begin);
    if (result !== i + 1) throw new Error(`${i} + 1 is not ${result}`);
  }
  await pool.stop();
  return { p50: percentile(times, 0.5), most: Math.max(...times) };
}

measure(main);
