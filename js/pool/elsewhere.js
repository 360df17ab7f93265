'use strict';
// What other pools call it, so that moving over is changing the import. docs/pool.md has the whole table.

/** Another name for the same. */
const aliases = {
  __proto__: null,
  minThreads: 'minWorkers',
  maxThreads: 'maxWorkers',
  niceIncrement: 'nice',
  isolateWorkers: 'isolate',
  terminateTimeout: 'teardownTimeout',
  maxMemoryLimitBeforeRecycle: 'maxMemoryPerWorker',
  numWorkers: 'maxWorkers',
  maxQueueSize: 'maxQueue',
  workerTerminateTimeout: 'teardownTimeout',
};

/** Of how threads are told of tasks, and of what is always done here: without a meaning for processes. */
const ignored = new Set([
  'atomics',
  'useAtomics',
  'recordTiming',
  'runtime',
  'serialization',
  'stricterFIFO',
  'trackUnmanagedFds',
  'workerHistogram',
  'workerType',
]);

const refused = {
  __proto__: null,
  taskQueue: "the queue is in Rust; use 'priority' and 'key' of run()",
  loadBalancer: "use 'loadBalancing'",
  teardown: "a worker's teardown is the function that it exports under that name",
  setupWorker: "use what the worker exports as 'setup'",
  forkOptions: "use 'cwd', 'env', 'execArgv', 'uid', 'gid', 'stdout' and 'stderr'",
  forkArgs: "use 'argv'",
  forkOpts: "use 'cwd', 'env', 'execArgv', 'uid', 'gid', 'stdout' and 'stderr'",
  enableWorkerThreads: 'workers are processes',
  computeWorkerKey: "use 'key' of run() and loadBalancing: 'affinity'",
  workerSchedulingPolicy: "use 'loadBalancing'",
};

module.exports = { aliases, ignored, refused };
