'use strict';
// Options of a pool, checked before anything is started: its own are here, the engine's in settings.js, those of tasks in task-options.js, how workers are
// started in worker-options.js.

const { codes } = require('../errors');
const { validateBoolean, validateFunction, validateObject, validateOneOf } = require('../validate');
const { validateArguments, validateDuration, validateFilename, validateProgram } = require('./checks');
const { circuitOptions } = require('./circuit');
const { aliases, ignored, refused } = require('./elsewhere');
const { SETTINGS, changesOf, settingsOf } = require('./settings');
const { DEFAULTS: TASK_DEFAULTS, TASK_CHECKS, TASK_NAMES } = require('./task-options');
const { unknownOption } = require('./unknown-option');
const { WORKER_OPTIONS, workerOptions } = require('./worker-options');

const { ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS } = codes;

const DEFAULTS = Object.freeze({
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

const CHECKS = {
  __proto__: null,
  filename: validateFilename,
  program: validateProgram,
  name: TASK_CHECKS.name,
  workerData() {},
  argv: validateArguments,
  overflow: (value, name) => validateOneOf(value, name, ['wait', 'reject']),
  closeTimeout: validateDuration,
  circuitBreaker: (value, name) => value === false || validateObject(value, name),
  fallback: validateFunction,
  ref: validateBoolean,
};

/** What every task of the pool has unless its run() says otherwise. */
const OF_TASKS = Object.keys(TASK_DEFAULTS);
const NAMES = new Set([...SETTINGS, ...Object.keys(DEFAULTS), ...OF_TASKS, ...WORKER_OPTIONS]);
/** As somebody may have meant to write them. */
const KNOWN = [...NAMES, ...Object.keys(aliases)];

/**
 * @param {unknown} given
 * @returns {object} own options with their values; `settings`: those for Rust; `task`: what tasks have; `circuit`: of the circuit breaker, or null; `worker`: how
 *   the process is started
 */
function poolOptions(given = {}) {
  validateObject(given, 'options');
  const options = renamed(given);
  const own = { __proto__: null, ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) {
    const value = options[name];
    if (value === undefined || (value === null && name === 'filename')) continue;
    CHECKS[name](value, `options.${name}`);
    own[name] = value;
  }
  const task = { __proto__: null, ...TASK_DEFAULTS };
  for (const name of OF_TASKS) {
    if (options[name] === undefined) continue;
    TASK_CHECKS[name](options[name], `options.${name}`);
    task[name] = options[name];
  }
  if (options.filename === null) own.filename = null;
  whatRuns(own);
  const settings = settingsOf(options);
  const circuit = circuitOptions(own.circuitBreaker, 'options.circuitBreaker');
  const worker = workerOptions(options);
  return { __proto__: null, ...own, settings, task, circuit, worker };
}

/** @returns {object} under our own names, those that are not known refused */
function renamed(given) {
  const options = { __proto__: null };
  for (const key of Object.keys(given)) {
    const value = given[key];
    if (value === undefined) continue;
    const name = aliases[key] ?? key;
    if (NAMES.has(name)) {
      if (name === key || given[name] === undefined) options[name] = value;
      else throw new ERR_INVALID_ARG_VALUE(`options.${key}`, value, `is another name of '${name}', which is given as well`);
    } else if (!ignored.has(key)) {
      throw unknownOption(key, value, 'Pool', KNOWN, refused[key] ?? (TASK_NAMES.includes(key) ? 'it is one of run()' : undefined));
    }
  }
  return options;
}

/** Of configure(). @returns {object} those settings that change */
function changes(given, current) {
  validateObject(given, 'options');
  return changesOf(renamed(given), current);
}

/** A file in Node, or a program. null: each task names its own file, as in piscina. */
function whatRuns(own) {
  const { filename, program, workerData } = own;
  if (filename === undefined && program === undefined) throw new ERR_MISSING_ARGS(['options.filename', 'options.program']);
  if (program === undefined) {
    if (filename !== null) own.filename = `${filename}`;
    return;
  }
  own.filename = undefined;
  if (filename !== undefined && filename !== null)
    throw new ERR_INVALID_ARG_VALUE('options.program', program, "cannot be used together with 'filename'");
  if (workerData !== undefined)
    throw new ERR_INVALID_ARG_VALUE('options.workerData', workerData, "is for workers in Node, and cannot be used together with 'program'");
  own.program = typeof program === 'string' ? [program] : [...program];
}

/** For people: what they have said, and the defaults that are in force. @param {object} all of poolOptions() */
function shownOptions({ settings, task, circuit, worker, ...own }) {
  const all = { ...own, circuitBreaker: circuit ?? false, ...settings, ...task, ...worker.shown };
  return Object.fromEntries(
    Object.entries(all)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, name === 'workerData' ? value : copyOf(value)]),
  );
}

/** Whoever changes it changes nothing of the pool. */
function copyOf(value) {
  if (Array.isArray(value)) return value.map(copyOf);
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copyOf(one)]))
    : value;
}

function isPoolOption(name) {
  return NAMES.has(name) || name in aliases;
}

module.exports = { changes, isPoolOption, poolOptions, shownOptions };
