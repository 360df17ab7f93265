'use strict';
// The load of bench/soak-pool.js. Between the parts nothing is under way, so that what is still there can be counted.

const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { measure } = require('../lib/ipc/measure');
const { payloads } = require('../lib/ipc/payload');
const { children, memoryMaps, openFds, residentMemory, threads } = require('../lib/own-process');

const PARTS = 10;
const CALLERS = 64;
const STALLED = 30_000;
/** Bytes that do not count as a change. */
const MOVED = 256 * 1024;

const record = payloads['1 KB object']();
const bytes = { 64: payloads['64 KB Buffer'](), 1024: payloads['1 MB Buffer']() };

/** Weight, and what is asked and looked at. */
const KINDS = {
  __proto__: null,
  small: [1000, (pool, i) => pool.run({ a: i, b: 1 }, { name: 'add' }), (result, i) => result === i + 1],
  object: [200, (pool) => pool.run(record, { name: 'echo' }), (result) => result.matrix.length === 40],
  '64 KB': [40, (pool) => pool.run(bytes[64], { name: 'echo' }), (result) => result.byteLength === 64 * 1024],
  '1 MB': [5, (pool) => pool.run(bytes[1024], { name: 'echo' }), (result) => result.byteLength === 1024 * 1024],
  key: [100, (pool, i) => pool.run({ a: i, b: 1 }, { name: 'add', key: `k${i % 100}`, priority: i % 3 }), (result, i) => result === i + 1],
  progress: [20, (pool) => pool.run(5, { name: 'progress', onProgress() {} }), (result) => result === 5],
  sleep: [50, (pool, i) => pool.run(i % 5, { name: 'sleep' }), (result) => result === undefined],
  error: [50, (pool, i) => pool.run(`no ${i}`, { name: 'fail' }), (error, i) => error.name === 'RangeError' && error.message === `no ${i}`],
  abort: [20, (pool) => pool.run(null, { name: 'patient', signal: AbortSignal.timeout(5) }), (error) => error.name === 'AbortError'],
  timeout: [0.2, (pool) => pool.run(null, { name: 'never', timeout: 5 }), (error) => error.reason === 'timeout'],
  exit: [0.2, (pool) => pool.run(1, { name: 'exit' }), (error) => error.reason === 'exit'],
};
const TOTAL = Object.values(KINDS).reduce((sum, [weight]) => sum + weight, 0);

function pick() {
  let dice = Math.random() * TOTAL;
  for (const name of Object.keys(KINDS)) {
    dice -= KINDS[name][0];
    if (dice < 0) return name;
  }
  return 'small';
}

/** Those that share a worker with a task that was ended may go with it. */
const innocent = (error) => error?.name === 'WorkerError' && ['exit', 'signal', 'timeout', 'aborted'].includes(error.reason);

class Soak {
  started = 0;
  ended = 0;
  wrong = 0;
  firstWrong = null;
  kinds = {};

  constructor(pool) {
    this.pool = pool;
  }

  async caller(until) {
    while (performance.now() < until) {
      const kind = pick();
      const i = this.started++;
      this.kinds[kind] = (this.kinds[kind] ?? 0) + 1;
      const [, ask, right] = KINDS[kind];
      const end = await ask(this.pool, i).catch((error) => error);
      this.ended++;
      if (right(end, i) || innocent(end)) continue;
      this.wrong++;
      this.firstWrong ??= `${kind}: ${end?.stack ?? end}`;
    }
  }

  watch() {
    let last = -1;
    setInterval(() => {
      if (this.ended === last && this.ended < this.started) {
        console.error(`no answer for ${STALLED / 1000} s, ${this.started - this.ended} missing: ${JSON.stringify(this.pool.stats())}`);
        process.exit(1);
      }
      last = this.ended;
    }, STALLED).unref();
  }
}

async function main({ module, seconds }) {
  const { Pool } = require(module);
  const filename = path.join(__dirname, '..', 'peers', 'soak-tasks.js');
  const options = { filename, minWorkers: 2, maxWorkers: 2, spareWorkers: 1, abortGrace: 50, maxTasksPerWorker: 20_000, stderr: 'ignore' };
  const first = new Pool(options);
  await first.run({ a: 1, b: 1 }, { name: 'add' });
  await first.destroy();
  const fds = openFds();
  // One that ends what is left should this process be killed stays.
  const keepers = new Set(children().map(({ pid }) => pid));

  const pool = new Pool(options);
  const soak = new Soak(pool);
  soak.watch();
  const parts = [];
  // In seconds there is nothing to see.
  const pause = Math.min(1000, (seconds * 1000) / PARTS / 20);
  const begin = performance.now();
  for (let part = 1; part <= PARTS; part++) {
    const until = begin + (seconds * 1000 * part) / PARTS;
    await Promise.all(Array.from({ length: CALLERS }, () => soak.caller(until)));
    // Both workers and the spare are up: as many descriptors each time. And what is garbage has gone back to whom it belongs.
    await settled(pool);
    const resident = await memoryAtRest(pause);
    parts.push({
      fds: openFds(),
      threads: threads(),
      maps: memoryMaps(),
      resident,
      heap: process.memoryUsage().heapUsed,
      ended: soak.ended,
    });
  }
  await pool.destroy();
  const { started, ended, wrong, firstWrong, kinds } = soak;
  const left = { fds: openFds() - fds, children: children().filter(({ pid }) => !keepers.has(pid)) };
  return { seconds: (performance.now() - begin) / 1000, started, ended, wrong, firstWrong, kinds, parts, left };
}

async function settled(pool) {
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(20)) {
    const { workers } = pool.stats();
    if (workers.length === 3 && workers.every(({ state }) => state === 'idle' || state === 'spare')) return;
  }
  throw new Error(`the pool does not come to rest: ${JSON.stringify(pool.stats())}`);
}

/** Whoever has shared memory looks every second whether it is still in use. @param {number} pause milliseconds that it may stay as it is */
async function memoryAtRest(pause) {
  let last = residentMemory();
  for (let same = 0; same < 3; ) {
    await sleep(pause);
    const now = residentMemory();
    same = Math.abs(now - last) < MOVED ? same + 1 : 0;
    last = now;
  }
  return last;
}

measure(main);
