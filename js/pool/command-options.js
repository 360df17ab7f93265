'use strict';
// Options of a CommandPool, and of its run(), checked before anything is started.

const errors = require('../errors');
const { validateFunction, validateObject } = require('../validate');
const { count, integer, validateDuration, validateLoad } = require('./checks');
const { usableCpus } = require('./machine');
const { TASK_CHECKS } = require('./task-options');
const { unknownOption } = require('./unknown-option');

const { ERR_INVALID_ARG_VALUE } = errors.codes;

const MOST = 65_536;

const DEFAULTS = Object.freeze({
  __proto__: null,
  concurrency: undefined,
  softLimit: Infinity,
  hardLimit: Infinity,
  minMemoryPerTask: 0,
  maxCpuThreshold: Infinity,
  maxQueue: Infinity,
  queueTimeout: Infinity,
  ageing: 60_000,
});

const CHECKS = {
  __proto__: null,
  concurrency: integer(1, MOST),
  softLimit: count(1),
  hardLimit: count(1),
  minMemoryPerTask: integer(0, Number.MAX_SAFE_INTEGER),
  maxCpuThreshold: validateLoad,
  maxQueue: count(0),
  queueTimeout: validateDuration,
  ageing: validateDuration,
};

const ALIASES = { __proto__: null, maxProcesses: 'concurrency' };
const NAMES = [...Object.keys(DEFAULTS), ...Object.keys(ALIASES)];

/** Of run(), beside its own. */
const OF_TASK = {
  __proto__: null,
  priority: TASK_CHECKS.priority,
  key: TASK_CHECKS.key,
  queueTimeout: TASK_CHECKS.queueTimeout,
  onStart: validateFunction,
};

/** @returns {object} all of them, with their values */
function commandPoolOptions(given = {}, current = DEFAULTS) {
  validateObject(given, 'options');
  const options = { __proto__: null, ...current };
  for (const key of Object.keys(given)) {
    const value = given[key];
    if (value === undefined) continue;
    const name = ALIASES[key] ?? key;
    if (CHECKS[name] === undefined) throw unknownOption(key, value, 'CommandPool', NAMES);
    CHECKS[name](value, `options.${key}`);
    if (name !== key && given[name] !== undefined)
      throw new ERR_INVALID_ARG_VALUE(`options.${key}`, value, `is another name of '${name}', which is given as well`);
    options[name] = value;
  }
  options.concurrency ??= usableCpus();
  return options;
}

/** For the addon; Infinity becomes null. */
function settingsJson({ concurrency, hardLimit, maxQueue, minMemoryPerTask, maxCpuThreshold, ageing }) {
  return JSON.stringify({ concurrency, hardLimit, maxQueue, minMemoryPerTask, maxCpuThreshold, ageing: ageing === 0 ? Infinity : ageing });
}

/**
 * Takes its own out of options of run().
 * @returns {{ own: object, rest: object | undefined }} rest: for run()
 */
function taskOptions(given) {
  const own = { __proto__: null };
  if (given === undefined || given === null) return { own, rest: given ?? undefined };
  validateObject(given, 'options');
  const rest = {};
  for (const key of Object.keys(given)) {
    const value = given[key];
    if (OF_TASK[key] === undefined) rest[key] = value;
    else if (value !== undefined && value !== null) {
      OF_TASK[key](value, `options.${key}`);
      own[key] = value;
    }
  }
  if (rest.lifetime === 'independent')
    throw new ERR_INVALID_ARG_VALUE('options.lifetime', rest.lifetime, 'cannot be used in a CommandPool, which waits for its commands');
  return { own, rest };
}

module.exports = { commandPoolOptions, settingsJson, taskOptions };
