'use strict';
// Pools for tests of what goes wrong, and what is left when a test is over: nothing.

const path = require('node:path');
const { Pool } = require('../../js/index.js');
const { stateOf } = require('./own-children.js');

const TASKS = path.join(__dirname, '..', 'fixtures', 'pool', 'faults.js');

const open = new Set();
const pids = new Set();

/** One worker, unless the test says otherwise. Its process is looked for when the test is over. */
function makePool(options) {
  const pool = new Pool({ filename: TASKS, minWorkers: 1, maxWorkers: 1, ...options });
  open.add(pool);
  return pool;
}

/** The pids of what a pool has started, so far as it tells. */
function workerPids(pool) {
  const found = pool.stats().workers.map(({ pid }) => pid);
  for (const pid of found) pids.add(pid);
  return found;
}

/** Destroys what a test has left, and looks whether a worker is left over all the same. To be called after each test. */
async function endPools() {
  const pools = [...open];
  open.clear();
  for (const pool of pools) workerPids(pool);
  await Promise.all(pools.map((pool) => pool.destroy()));
  // Reaped: a zombie would have a state.
  const left = [...pids].filter((pid) => stateOf(pid) !== undefined);
  pids.clear();
  expect(left).toEqual([]);
}

/** What became of a task, in short: its result, or what its error says. */
async function outcome(promise) {
  try {
    return { result: await promise };
  } catch (error) {
    const { name, code, reason, exitCode, signal, message, attempts } = error;
    const told = { name, code, reason, exitCode, signal, attempts };
    for (const key of Object.keys(told)) if (told[key] === undefined || told[key] === null) delete told[key];
    return { error, message, ...told };
  }
}

/** Starts a task that says by progress() that it runs. `begun` resolves with its worker's process, `result` is run()'s promise. */
function begin(pool, name, value, options) {
  let result;
  const begun = new Promise((resolve, reject) => {
    result = pool.run(value, { name, ...options, onProgress: resolve });
    result.catch(reject);
  });
  // Whoever waits for one only has not forgotten the other.
  begun.catch(() => {});
  return { begun, result };
}

/** Asks again and again, because nobody is told: the test's time limit ends it. */
async function until(condition) {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

module.exports = { TASKS, begin, endPools, makePool, outcome, until, workerPids };
