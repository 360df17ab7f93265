'use strict';
// The error for a name that is no option: most are misspelt, another pool's, or what anybody would have called it.

const { closest, unknownName } = require('../validate');

/** What it is called here. */
const MEANT = {
  __proto__: null,
  file: "'filename'",
  script: "'filename'",
  path: "'filename'",
  worker: "'filename'",
  workerPath: "'filename'",
  workerFile: "'filename'",
  command: "'program'",
  data: "'workerData'",
  workers: "'maxWorkers'",
  threads: "'maxWorkers'",
  numThreads: "'maxWorkers'",
  processes: "'maxWorkers'",
  minProcesses: "'minWorkers'",
  maxProcesses: "'maxWorkers'",
  size: "'maxWorkers'",
  poolSize: "'maxWorkers'",
  min: "'minWorkers'",
  max: "'maxWorkers'",
  concurrency: "'maxWorkers', or 'concurrentTasksPerWorker'",
  maxConcurrency: "'maxWorkers', or 'concurrentTasksPerWorker'",
  concurrentTasks: "'concurrentTasksPerWorker'",
  taskTimeout: "'timeout'",
  runTimeout: "'timeout'",
  executionTimeout: "'timeout'",
  waitTimeout: "'queueTimeout'",
  workerStartTimeout: "'startTimeout'",
  killTimeout: "'abortGrace'",
  queueSize: "'maxQueue'",
  queueLimit: "'maxQueue'",
  maxQueueLength: "'maxQueue'",
  maxRetries: "'retries'",
  attempts: "'retries'",
  maxTasks: "'maxTasksPerWorker'",
  maxMemory: "'maxMemoryPerWorker'",
  idleMemoryLimit: "'maxMemoryPerWorker'",
  workerChoiceStrategy: "'loadBalancing'",
  abortSignal: "'signal'",
  task: "'name'",
  method: "'name'",
  transferables: "'transfer'",
  on: "'onProgress'",
  channel: "'onProgress'",
};

/**
 * @param {string} key
 * @param {unknown} value
 * @param {string} of what it is no option of: 'Pool', 'run()'
 * @param {Iterable<string>} names that are options
 * @param {string} [hint] what to use instead, or where it is one
 * @returns {Error}
 */
function unknownOption(key, value, of, names, hint) {
  const says = `is not an option of ${of}`;
  if (hint !== undefined) return unknownName(`options.${key}`, value, `${says}: ${hint}`);
  const is = [...names];
  const near = closest(key, is);
  return unknownName(`options.${key}`, value, says, near === undefined ? wordFor(key, is) : `'${near}'`);
}

/** Where it is one of these. */
function wordFor(key, names) {
  const word = MEANT[key];
  return word !== undefined && names.some((name) => word.includes(`'${name}'`)) ? word : undefined;
}

/** @param {object} options @param {string[]} names that are options */
function refuseUnknown(options, of, names) {
  for (const key of Object.keys(options)) {
    if (options[key] !== undefined && !names.includes(key)) throw unknownOption(key, options[key], of, names);
  }
}

module.exports = { refuseUnknown, unknownOption };
