'use strict';
// One thing that goes wrong in a pool of one worker, and what becomes of the tasks. Prints how many of them came to an end in time, or hung;
// this process may not live to say it.

const { measure } = require('../lib/ipc/measure');
const { subjects } = require('../lib/pool/subjects');
const { setTimeout: sleep } = require('node:timers/promises');

const BEHIND = 20;

/** 'result', 'error', or 'hangs' when it has not come to an end by then. */
function fate(promise, deadline) {
  return Promise.race([
    promise.then(
      () => 'result',
      () => 'error',
    ),
    sleep(deadline, 'hangs'),
  ]);
}

const faults = {
  __proto__: null,
  /** Each starts the fault, and returns the task that may fail for it. */
  'kill -9, busy': async ({ run }, pid) => {
    const task = run('sleep', 600_000);
    setTimeout(() => process.kill(pid, 'SIGKILL'), 200);
    return task;
  },
  'kill -9, idle': async ({ run }, pid) => {
    process.kill(pid, 'SIGKILL');
    return run('add', { a: 1, b: 1 });
  },
  'process.exit()': ({ run }) => run('exit', 0),
  'out of heap': ({ run }) => run('heap', 0),
  'garbage on the channel': ({ run }) => run('garbage', 0),
};

async function main({ subject, fault, deadline, ...where }) {
  const pool = await subjects[subject]({ ...where, workers: 1 });
  const pid = await pool.run('pid', 0);
  // As a promise in an object: what is awaited here is its start only.
  const task = faults[fault](pool, pid);
  const behind = Array.from({ length: BEHIND }, (_, i) => pool.run('add', { a: i, b: 1 }));
  const [victim, ...others] = await Promise.all([task, ...behind].map((promise) => fate(promise, deadline)));
  const count = (what) => others.filter((end) => end === what).length;
  return { victim, results: count('result'), errors: count('error'), hang: count('hangs') };
}

measure(main);
