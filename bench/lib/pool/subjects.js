'use strict';
// The subjects of bench/pool.js: start() gives run(task, value), which resolves to the task's result, and stop(). `advanced`: for values
// that JSON does not have; who speaks JSON otherwise is told to use Node's other serialization then.

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { ForkPool } = require('./fork-pool');

const PEERS = path.join(__dirname, '..', '..', 'peers');
const TASKS = path.join(PEERS, 'pool-tasks.js');

const serialization = (advanced) => (advanced ? 'advanced' : 'json');

async function ours({ module, workers, options }) {
  const { Pool } = require(module);
  const pool = new Pool({ filename: TASKS, minWorkers: workers, maxWorkers: workers, ...options });
  return { run: (name, value) => pool.run(value, { name }), stop: () => pool.destroy(), pool };
}

/** By name. `peer` is the path of the package, for those that have one. */
const subjects = {
  __proto__: null,
  ours,

  async tinypool({ peer, workers, advanced }) {
    const { default: Tinypool } = await import(pathToFileURL(peer));
    const size = { minThreads: workers, maxThreads: workers };
    const pool = new Tinypool({ filename: TASKS, runtime: 'child_process', serialization: serialization(advanced), ...size });
    return { run: (name, value) => pool.run(value, { name }), stop: () => pool.destroy() };
  },

  async workerpool({ peer, workers, advanced }) {
    const forkOpts = { serialization: serialization(advanced), env: { ...process.env, PROCS_BENCH_PEER: peer } };
    const pool = require(peer).pool(path.join(PEERS, 'pool-workerpool.js'), {
      workerType: 'process',
      minWorkers: workers,
      maxWorkers: workers,
      forkOpts,
    });
    return { run: (name, value) => pool.exec(name, [value]), stop: () => pool.terminate() };
  },

  async 'jest-worker'({ peer, workers }) {
    const { Worker } = require(peer);
    const exposedMethods = Object.keys(require(TASKS));
    const pool = new Worker(TASKS, { numWorkers: workers, enableWorkerThreads: false, exposedMethods });
    return { run: (name, value) => pool[name](value), stop: () => pool.end() };
  },

  async poolifier({ peer, workers, advanced }) {
    const { FixedClusterPool } = require(peer);
    const settings = { serialization: serialization(advanced) };
    const pool = new FixedClusterPool(workers, path.join(PEERS, 'pool-poolifier.js'), { settings, env: { PROCS_BENCH_PEER: peer } });
    return { run: (name, value) => pool.execute(value, name), stop: () => pool.destroy() };
  },

  async piscina({ peer, workers }) {
    const { Piscina } = require(peer);
    const pool = new Piscina({ filename: TASKS, minThreads: workers, maxThreads: workers });
    return { run: (name, value) => pool.run(value, { name }), stop: () => pool.destroy() };
  },

  async 'fork + send'({ workers, advanced }) {
    const pool = new ForkPool({ workers, atOnce: 1, serialization: serialization(advanced) });
    return { run: (name, value) => pool.run(name, value), stop: () => pool.stop() };
  },

  async 'fork, batched'({ workers, advanced }) {
    const pool = new ForkPool({ workers, atOnce: 32, serialization: serialization(advanced) });
    return { run: (name, value) => pool.run(name, value), stop: () => pool.stop() };
  },
};

module.exports = { TASKS, subjects };
