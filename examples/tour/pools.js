'use strict';
// A pool, beside what people write themselves on fork(): the same tasks, and what happens when a worker dies.

const path = require('node:path');
const nodes = require('node:child_process');
const { Pool } = require('@x/procs');

const filename = path.join(__dirname, 'pool-tasks.js');
const WORKERS = 2;

/** Two children of fork(); who is free gets the next task. */
function byHand() {
  const open = new Map();
  const queue = [];
  let next = 0;
  const give = (child) => {
    const task = queue.shift();
    child.free = task === undefined;
    if (task) child.send(task);
  };
  const children = Array.from({ length: WORKERS }, () => {
    const child = nodes.fork(filename);
    child.free = true;
    child.on('message', ({ id, result }) => {
      open.get(id)(result);
      open.delete(id);
      give(child);
    });
    return child;
  });
  return {
    run: (value, { name }) =>
      new Promise((resolve) => {
        open.set(next, resolve);
        queue.push({ id: next++, name, value });
        const free = children.find((child) => child.free);
        if (free) give(free);
      }),
    close: () => {
      for (const child of children) child.disconnect();
    },
  };
}

const round = (number) => Math.round(number).toLocaleString('en');

async function rate(pool, values, name) {
  await Promise.all(values.slice(0, 200).map((value) => pool.run(value, { name })));
  const began = performance.now();
  await Promise.all(values.map((value) => pool.run(value, { name })));
  return (values.length / (performance.now() - began)) * 1000;
}

async function beside(values, name) {
  const theirs = byHand();
  const before = await rate(theirs, values, name);
  theirs.close();
  const pool = new Pool({ filename, minWorkers: WORKERS, maxWorkers: WORKERS });
  const after = await rate(pool, values, name);
  await pool.close();
  return `${round(before)} a second on fork(), ${round(after)} on a Pool`;
}

const pools = [
  [
    'small tasks, two workers',
    ({ messages }) =>
      beside(
        Array.from({ length: messages }, (_, i) => ({ a: i, b: 1 })),
        'add',
      ),
  ],
  ['hashes of files', ({ files }) => beside(files, 'hash')],
  [
    'a worker is killed, 1,000 tasks behind it',
    async () => {
      const pool = new Pool({ filename, minWorkers: WORKERS, maxWorkers: WORKERS });
      const crash = pool.run(null, { name: 'crash' }).catch((error) => error);
      const behind = Array.from({ length: 1000 }, (_, i) => pool.run({ a: i, b: 1 }, { name: 'add' }));
      const [{ reason, signal }, sums] = await Promise.all([crash, Promise.all(behind)]);
      await pool.close();
      return `one task ended by ${reason} ${signal}, ${sums.length} are done`;
    },
  ],
  [
    'the next result after a kill, with a spare',
    async () => {
      const pool = new Pool({ filename, minWorkers: 1, maxWorkers: 1, spareWorkers: 1 });
      await pool.run({ a: 1, b: 1 }, { name: 'add' });
      while (pool.stats().spareWorkers < 1) await new Promise((resolve) => setTimeout(resolve, 5));
      const began = performance.now();
      const [, sum] = await Promise.all([
        pool.run(null, { name: 'crash' }).catch((error) => error),
        pool.run({ a: 20, b: 22 }, { name: 'add' }),
      ]);
      const took = performance.now() - began;
      await pool.close();
      return `${sum}, after ${took.toFixed(1)} ms`;
    },
  ],
];

module.exports = { pools };
