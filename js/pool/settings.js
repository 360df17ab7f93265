'use strict';
// Options that the engine in Rust needs: see src/pool/settings.rs. Infinity and null stand for "none" there.

const { codes } = require('../errors');
const { validateArray, validateBoolean, validateNumber, validateObject, validateOneOf } = require('../validate');
const { count, integer, validateDuration, validateFraction, validateLoad } = require('./checks');
const { usableCpus } = require('./machine');

const { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = codes;

const MOST_WORKERS = 65_536;
const MOST = 2 ** 31 - 1;
const BALANCING = ['least-busy', 'round-robin', 'least-elu', 'weighted', 'affinity'];

const DEFAULTS = Object.freeze({
  __proto__: null,
  minWorkers: 1,
  maxWorkers: undefined,
  spareWorkers: 0,
  idleTimeout: 10_000,
  concurrentTasksPerWorker: 1,
  prefetch: 'auto',
  maxQueue: Infinity,
  maxQueuedBytes: 1024 ** 3,
  softLimit: Infinity,
  hardLimit: Infinity,
  minMemoryPerTask: 0,
  maxCpuThreshold: Infinity,
  loadBalancing: 'least-busy',
  weights: undefined,
  isolate: false,
  maxTasksPerWorker: Infinity,
  maxMemoryPerWorker: Infinity,
  maxWorkerLifetime: Infinity,
  recycleJitter: 0.1,
  backoff: Object.freeze({ __proto__: null, initial: 100, max: 30_000, factor: 2, jitter: 0.5 }),
  maxRestarts: 10,
  restartWindow: 60_000,
  startTimeout: 30_000,
  unresponsiveTimeout: Infinity,
  abortGrace: 1_000,
  teardownTimeout: 5_000,
  poisonThreshold: 2,
  ageing: 60_000,
});

/** Those that can be changed while the pool runs. */
const CHANGEABLE = new Set([
  'minWorkers',
  'maxWorkers',
  'spareWorkers',
  'idleTimeout',
  'maxQueue',
  'maxQueuedBytes',
  'softLimit',
  'hardLimit',
  'minMemoryPerTask',
  'maxCpuThreshold',
  'maxTasksPerWorker',
  'maxMemoryPerWorker',
  'maxWorkerLifetime',
  'unresponsiveTimeout',
  'abortGrace',
]);

const CHECKS = {
  __proto__: null,
  minWorkers: integer(0, MOST_WORKERS),
  maxWorkers: integer(1, MOST_WORKERS),
  spareWorkers: integer(0, MOST_WORKERS),
  idleTimeout: validateDuration,
  concurrentTasksPerWorker: integer(1, 65_536),
  prefetch: orAuto(integer(0, 4096)),
  maxQueue: orAuto(count(0)),
  maxQueuedBytes: count(1),
  softLimit: count(1),
  hardLimit: count(1),
  minMemoryPerTask: integer(0, Number.MAX_SAFE_INTEGER),
  maxCpuThreshold: validateLoad,
  loadBalancing: (value, name) => validateOneOf(value, name, BALANCING),
  weights: validateWeights,
  isolate: validateBoolean,
  maxTasksPerWorker: count(1),
  maxMemoryPerWorker: count(1),
  maxWorkerLifetime: validateDuration,
  recycleJitter: validateFraction,
  backoff: validateBackoff,
  maxRestarts: count(0),
  restartWindow: validateDuration,
  startTimeout: validateDuration,
  unresponsiveTimeout: validateDuration,
  abortGrace: validateDuration,
  teardownTimeout: validateDuration,
  poisonThreshold: integer(1, MOST),
  ageing: validateDuration,
};

const BACKOFF_CHECKS = {
  __proto__: null,
  initial: validateDuration,
  max: validateDuration,
  factor: (value, name) => validateNumber(value, name, 1),
  jitter: validateFraction,
};

/** @param {object} options of a pool, under our own names @returns {object} every setting with its value */
function settingsOf(options) {
  const settings = { __proto__: null, ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) {
    const value = options[name];
    if (value === undefined) continue;
    CHECKS[name](value, `options.${name}`);
    settings[name] = value;
  }
  settings.backoff = { ...DEFAULTS.backoff, ...given(options.backoff) };
  if (settings.weights !== undefined) settings.weights = [...settings.weights];
  settings.maxWorkers ??= Math.max(usableCpus(), settings.minWorkers);
  if (options.minWorkers === undefined) settings.minWorkers = Math.min(settings.minWorkers, settings.maxWorkers);
  checkTogether(settings);
  return settings;
}

/** Of configure(). @param {object} options those that are to change @returns {object} what changes of the settings */
function changesOf(options, current) {
  const changed = { __proto__: null };
  for (const [name, value] of Object.entries(options)) {
    if (!CHANGEABLE.has(name)) throw new ERR_INVALID_ARG_VALUE(`options.${name}`, value, 'cannot be changed while the pool runs');
    CHECKS[name](value, `options.${name}`);
    changed[name] = value;
  }
  const settings = { ...current, ...changed };
  checkTogether(settings);
  if ('maxQueue' in changed) changed.maxQueue = settings.maxQueue;
  return changed;
}

function checkTogether(settings) {
  const { minWorkers, maxWorkers } = settings;
  if (minWorkers > maxWorkers) throw new ERR_OUT_OF_RANGE('options.minWorkers', `<= options.maxWorkers (${maxWorkers})`, minWorkers);
  if (settings.maxQueue === 'auto') settings.maxQueue = maxWorkers ** 2;
}

function orAuto(check) {
  return (value, name) => {
    if (value !== 'auto') check(value, name);
  };
}

function validateWeights(value, name) {
  validateArray(value, name);
  value.forEach((weight, i) => {
    validateNumber(weight, `${name}[${i}]`, 0);
    if (!(weight > 0 && weight < Infinity)) throw new ERR_OUT_OF_RANGE(`${name}[${i}]`, '> 0', weight);
  });
}

function validateBackoff(value, name) {
  validateObject(value, name);
  for (const key of Object.keys(value)) {
    const check = BACKOFF_CHECKS[key];
    if (check === undefined)
      throw new ERR_INVALID_ARG_VALUE(`${name}.${key}`, value[key], `is none of ${Object.keys(BACKOFF_CHECKS).join(', ')}`);
    if (value[key] !== undefined) check(value[key], `${name}.${key}`);
  }
}

/** Those that have a value. */
function given(options = {}) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

module.exports = { SETTINGS: Object.keys(DEFAULTS), changesOf, settingsOf };
