'use strict';
// So many tasks are queued; then JavaScript does not come back for some time. How many are done in that time, and how many in as much time
// in which JavaScript was free? Tasks say themselves when they were done.

const { measure } = require('../lib/ipc/measure');
const { subjects } = require('../lib/pool/subjects');

const clock = () => performance.timeOrigin + performance.now();

/** 'sleeps': as in a synchronous call into the kernel. 'computes' takes a CPU of its own. */
function block(milliseconds, how) {
  if (how === 'sleeps') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  else for (const end = clock() + milliseconds; clock() < end; );
}

async function series(run, { count, units, milliseconds, how }) {
  const ends = [];
  const all = [];
  for (let i = 0; i < count; i++) all.push(run('burn', units).then((end) => ends.push(end)));
  // A turn or two, as any program has them: what was asked for is under way.
  await Promise.race(all);
  const begin = clock();
  if (how !== undefined) block(milliseconds, how);
  await Promise.all(all);
  return ends.filter((end) => end >= begin && end < begin + milliseconds).length;
}

async function main({ subject, count, units, milliseconds, how, ...where }) {
  const { run, stop } = await subjects[subject]({ ...where, options: { maxQueue: Number.POSITIVE_INFINITY } });
  const parameters = { count, units, milliseconds };
  // The machine warms up, and so do workers.
  await series(run, { ...parameters, count: Math.ceil(count / 20) });
  const free = await series(run, parameters);
  const blocked = await series(run, { ...parameters, how });
  await stop();
  if (free >= count) throw new Error(`all ${count} tasks were done in ${milliseconds} ms: that says nothing`);
  return { share: (blocked / free) * 100, blocked, free };
}

measure(main);
