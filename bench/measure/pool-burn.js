'use strict';
// Tasks that need the CPU, a millisecond each: how many a second. "two loops" is what the machine can do: as many processes as there are
// workers, that do the same work and know no pool.

const { once } = require('node:events');
const { fork } = require('node:child_process');
const path = require('node:path');
const { measure } = require('../lib/ipc/measure');
const { callers } = require('../lib/pool/callers');
const { subjects } = require('../lib/pool/subjects');

const LOOP = path.join(__dirname, '..', 'peers', 'pool-loop.js');

async function loops({ workers }) {
  const children = Array.from({ length: workers }, () => fork(LOOP));
  await Promise.all(children.map((child) => once(child, 'message')));
  return {
    async series(count, units) {
      const done = children.map((child) => once(child, 'message'));
      for (const child of children) child.send({ count: Math.ceil(count / workers), units });
      await Promise.all(done);
    },
    stop() {
      for (const child of children) child.disconnect();
    },
  };
}

async function pool({ subject, ...where }) {
  const { run, stop } = await subjects[subject](where);
  return { series: (count, units) => callers(64, count, () => run('burn', units)), stop };
}

async function main({ count, warmup, units, ...what }) {
  const { series, stop } = await (what.subject === 'loops' ? loops : pool)(what);
  await series(warmup, units);
  const begin = performance.now();
  await series(count, units);
  const wall = performance.now() - begin;
  await stop();
  return { rate: (count / wall) * 1000 };
}

measure(main);
