'use strict';
// Options of a pool, checked before anything is started.

const path = require('node:path');
const errors = require('../errors');
const {
  closest,
  validateArray,
  validateBoolean,
  validateFunction,
  validateInteger,
  validateNumber,
  validateObject,
  validateOneOf,
  validateString,
} = require('../validate');
const { circuitOptions } = require('./circuit');
const { aliases, ignored, refused } = require('./elsewhere');
const { usableCpus } = require('./machine');
const { DEFAULTS: TASK_DEFAULTS, TASK_CHECKS } = require('./task-options');
const { WORKER_OPTIONS, workerOptions } = require('./worker-options');

const { ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS, ERR_OUT_OF_RANGE } = errors.codes;

const MOST_WORKERS = 65_536;
const MOST = 2 ** 31 - 1;
const BALANCING = ['least-busy', 'round-robin', 'least-elu', 'weighted', 'affinity'];

/** Those that Rust needs, see src/pool/settings.rs. Infinity and null stand for "none" there. */
const SETTINGS = Object.freeze({
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
  ageing: 1_000,
});

/** Those that can be changed while the pool runs. */
const CHANGEABLE = [
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
];

const SETTING_CHECKS = {
  __proto__: null,
  minWorkers: (value, name) => validateInteger(value, name, 0, MOST_WORKERS),
  maxWorkers: (value, name) => validateInteger(value, name, 1, MOST_WORKERS),
  spareWorkers: (value, name) => validateInteger(value, name, 0, MOST_WORKERS),
  idleTimeout: validateDuration,
  concurrentTasksPerWorker: (value, name) => validateInteger(value, name, 1, 65_536),
  prefetch: (value, name) => value === 'auto' || validateInteger(value, name, 0, 4096),
  maxQueue: (value, name) => value === 'auto' || validateCount(value, name, 0),
  maxQueuedBytes: (value, name) => validateCount(value, name, 1),
  softLimit: (value, name) => validateCount(value, name, 1),
  hardLimit: (value, name) => validateCount(value, name, 1),
  minMemoryPerTask: (value, name) => validateInteger(value, name, 0, Number.MAX_SAFE_INTEGER),
  maxCpuThreshold: (value, name) => value === Infinity || validateFraction(value, name),
  loadBalancing: (value, name) => validateOneOf(value, name, BALANCING),
  weights: validateWeights,
  isolate: validateBoolean,
  maxTasksPerWorker: (value, name) => validateCount(value, name, 1),
  maxMemoryPerWorker: (value, name) => validateCount(value, name, 1),
  maxWorkerLifetime: validateDuration,
  recycleJitter: validateFraction,
  backoff: validateBackoff,
  maxRestarts: (value, name) => validateCount(value, name, 0),
  restartWindow: validateDuration,
  startTimeout: validateDuration,
  unresponsiveTimeout: validateDuration,
  abortGrace: validateDuration,
  teardownTimeout: validateDuration,
  poisonThreshold: (value, name) => validateInteger(value, name, 1, MOST),
  ageing: validateDuration,
};

/** Those that are JavaScript's own. */
const OWN = Object.freeze({
  __proto__: null,
  filename: undefined,
  program: undefined,
  name: 'default',
  workerData: undefined,
  argv: undefined,
  overflow: 'reject',
  closeTimeout: 30_000,
  circuitBreaker: undefined,
  fallback: undefined,
  ref: false,
});

const OWN_CHECKS = {
  __proto__: null,
  filename: validateFilename,
  program: validateProgram,
  name: validateTaskName,
  workerData() {},
  argv: validateArray,
  overflow: (value, name) => validateOneOf(value, name, ['wait', 'reject']),
  closeTimeout: validateDuration,
  circuitBreaker: (value, name) => value === false || validateObject(value, name),
  fallback: validateFunction,
  ref: validateBoolean,
};

/** What every task of the pool has unless its run() says otherwise. */
const TASK_NAMES = Object.keys(TASK_DEFAULTS);
const NAMES = [...Object.keys(SETTINGS), ...Object.keys(OWN), ...TASK_NAMES, ...WORKER_OPTIONS];

/**
 * @param {unknown} given
 * @returns {object} every option with its value; `settings`: those for Rust; `task`: what tasks have; `worker`: how the process is started
 */
function poolOptions(given = {}) {
  validateObject(given, 'options');
  const options = renamed(given);
  const all = { __proto__: null, ...OWN, settings: settingsOf(options), task: { __proto__: null, ...TASK_DEFAULTS } };
  for (const name of Object.keys(OWN)) {
    const value = options[name];
    if (value === undefined || (value === null && name === 'filename')) continue;
    OWN_CHECKS[name](value, `options.${name}`);
    all[name] = value;
  }
  for (const name of TASK_NAMES) {
    if (options[name] === undefined) continue;
    TASK_CHECKS[name](options[name], `options.${name}`);
    all.task[name] = options[name];
  }
  whatRuns(all, options);
  all.circuit = circuitOptions(all.circuitBreaker, 'options.circuitBreaker');
  all.worker = workerOptions(options);
  return all;
}

/** @returns {object} under our own names, those that are not known refused */
function renamed(given) {
  const options = { __proto__: null };
  for (const key of Object.keys(given)) {
    const value = given[key];
    if (value === undefined) continue;
    const name = aliases[key] ?? key;
    if (NAMES.includes(name)) {
      if (name === key || given[name] === undefined) options[name] = value;
      else throw new ERR_INVALID_ARG_VALUE(`options.${key}`, value, `is another name of '${name}', which is given as well`);
    } else if (!ignored.has(key)) {
      throw unknownOption(key, value);
    }
  }
  return options;
}

function unknownOption(key, value) {
  const instead = refused[key];
  const near = instead === undefined ? closest(key, NAMES) : undefined;
  const hint = instead === undefined ? (near === undefined ? '' : ` (did you mean '${near}'?)`) : `: ${instead}`;
  return new ERR_INVALID_ARG_VALUE(`options.${key}`, value, `is not an option of Pool${hint}`);
}

function settingsOf(options) {
  const settings = { __proto__: null, ...SETTINGS };
  for (const name of Object.keys(SETTINGS)) {
    const value = options[name];
    if (value === undefined) continue;
    SETTING_CHECKS[name](value, `options.${name}`);
    settings[name] = name === 'backoff' ? { ...SETTINGS.backoff, ...value } : value;
  }
  settings.maxWorkers ??= Math.max(usableCpus(), settings.minWorkers);
  if (options.minWorkers === undefined) settings.minWorkers = Math.min(settings.minWorkers, settings.maxWorkers);
  checkTogether(settings);
  return settings;
}

function checkTogether(settings) {
  const { minWorkers, maxWorkers } = settings;
  if (minWorkers > maxWorkers) throw new ERR_OUT_OF_RANGE('options.minWorkers', `<= options.maxWorkers (${maxWorkers})`, minWorkers);
  if (settings.maxQueue === 'auto') settings.maxQueue = maxWorkers ** 2;
}

/** Of configure(). @returns {object} those settings that change */
function changes(given, current) {
  validateObject(given, 'options');
  const changed = { __proto__: null };
  for (const [name, value] of Object.entries(renamed(given))) {
    if (!CHANGEABLE.includes(name)) throw new ERR_INVALID_ARG_VALUE(`options.${name}`, value, 'cannot be changed while the pool runs');
    SETTING_CHECKS[name](value, `options.${name}`);
    changed[name] = value;
  }
  const settings = { ...current, ...changed };
  checkTogether(settings);
  if ('maxQueue' in changed) changed.maxQueue = settings.maxQueue;
  return changed;
}

function whatRuns(all, options) {
  const { filename, program } = all;
  if (filename === undefined && program === undefined) throw new ERR_MISSING_ARGS(['options.filename', 'options.program']);
  if (filename !== undefined && program !== undefined)
    throw new ERR_INVALID_ARG_VALUE('options.program', program, "cannot be used together with 'filename'");
  all.isForeign = program !== undefined;
  all.settings.foreign = all.isForeign;
  if (!all.isForeign) {
    all.filename = `${filename}`;
    return;
  }
  all.program = typeof program === 'string' ? [program] : [...program];
  if (options.workerData !== undefined)
    throw new ERR_INVALID_ARG_VALUE(
      'options.workerData',
      options.workerData,
      "is for workers in Node, and cannot be used together with 'program'",
    );
}

/** As piscina: absolute, since nobody could say what it would be relative to. */
function validateFilename(value, name) {
  if (isUrl(value)) return;
  validateString(value, name);
  if (value.includes('\0')) throw new ERR_INVALID_ARG_VALUE(name, value, 'must be without null bytes');
  if (path.isAbsolute(value) || /^(?:file|data):/.test(value)) return;
  throw new ERR_INVALID_ARG_VALUE(name, value, "must be an absolute path or a file: URL, such as path.join(__dirname, 'worker.js')");
}

function isUrl(value) {
  return typeof value === 'object' && value !== null && (value.protocol === 'file:' || value.protocol === 'data:') && Boolean(value.href);
}

function validateProgram(value, name) {
  const parts = typeof value === 'string' ? [value] : value;
  validateArray(parts, name);
  if (parts.length === 0) throw new ERR_INVALID_ARG_VALUE(name, value, 'must name a program');
  parts.forEach((part, i) => {
    validateString(part, `${name}[${i}]`);
    if (part.includes('\0') || (i === 0 && part === ''))
      throw new ERR_INVALID_ARG_VALUE(`${name}[${i}]`, part, 'must be a string without null bytes');
  });
}

function validateTaskName(value, name) {
  TASK_CHECKS.name(value, name);
}

/** Milliseconds; Infinity for none. */
function validateDuration(value, name) {
  if (value !== Infinity) validateNumber(value, name, 0);
}

/** A whole number, or Infinity for no bound. */
function validateCount(value, name, least) {
  if (value !== Infinity) validateInteger(value, name, least, Number.MAX_SAFE_INTEGER);
}

function validateFraction(value, name) {
  validateNumber(value, name, 0);
  if (value > 1) throw new ERR_OUT_OF_RANGE(name, '>= 0 && <= 1', value);
}

function validateWeights(value, name) {
  validateArray(value, name);
  value.forEach((weight, i) => {
    validateNumber(weight, `${name}[${i}]`, 0);
    if (!(weight > 0 && weight < Infinity)) throw new ERR_OUT_OF_RANGE(`${name}[${i}]`, '> 0', weight);
  });
}

const BACKOFF_CHECKS = {
  __proto__: null,
  initial: validateDuration,
  max: validateDuration,
  factor: (value, name) => validateNumber(value, name, 1),
  jitter: validateFraction,
};

function validateBackoff(value, name) {
  validateObject(value, name);
  for (const key of Object.keys(value)) {
    const check = BACKOFF_CHECKS[key];
    if (check === undefined)
      throw new ERR_INVALID_ARG_VALUE(`${name}.${key}`, value[key], `is none of ${Object.keys(BACKOFF_CHECKS).join(', ')}`);
    if (value[key] !== undefined) check(value[key], `${name}.${key}`);
  }
}

module.exports = { changes, poolOptions, validateFilename };
