'use strict';
// A pool whose worker is in an endless task, and whose program is killed: says where the worker is, and waits for it.

const { measure } = require('../lib/ipc/measure');
const { subjects } = require('../lib/pool/subjects');

async function main({ subject, ...where }) {
  const pool = await subjects[subject]({ ...where, workers: 1 });
  const pid = await pool.run('pid', 0);
  pool.run('endless', 0).catch(() => {});
  // The task is on its way when a turn or two have gone by.
  setTimeout(() => console.log(JSON.stringify(pid)), 200);
  await new Promise(() => {});
}

measure(main);
