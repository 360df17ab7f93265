'use strict';
// Options of run(), checked before anything is submitted, and what of them goes to Rust.

const errors = require('../errors');
const { validateArray, validateBoolean, validateFunction, validateString } = require('../validate');
const { encodeName } = require('../task-name');
const { integer, validateDuration, validateFilename } = require('./checks');
const { unknownOption } = require('./unknown-option');

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = errors.codes;

/** TaskOption in native.d.ts, which has no values at run time. */
const FIELDS = 8;
const PRIORITY = 0;
const TIMEOUT = 1;
const QUEUE_TIMEOUT = 2;
const DEADLINE = 3;
const RETRIES = 4;
const FLAGS = 5;
const KEY = 6;
const HANDLES = 7;
const ISOLATED = 1;
const ON_WORKER = 2;

const HIGHEST = 1_000_000;
const MOST_RETRIES = 1_000_000;
const LONGEST_NAME = 255;

/** Those that a pool can have for all of its tasks. */
const DEFAULTS = Object.freeze({
  __proto__: null,
  priority: undefined,
  timeout: undefined,
  queueTimeout: undefined,
  deadline: undefined,
  retries: undefined,
});

const TASK_CHECKS = {
  __proto__: null,
  priority: integer(-HIGHEST, HIGHEST),
  timeout: validateDuration,
  queueTimeout: validateDuration,
  deadline: validateDuration,
  retries: integer(0, MOST_RETRIES),
  isolate: validateBoolean,
  name: validateName,
  key: validateKey,
  signal: validateSignal,
  transfer: validateArray,
  transferList: validateArray,
  handle() {},
  keepOpen: validateBoolean,
  onProgress: validateFunction,
  filename: validateFilename,
  /** tinypool's: without a meaning here, as in the options of a pool. */
  runtime() {},
};

const TASK_NAMES = Object.keys(TASK_CHECKS);

/** What a task has besides its value. */
class Terms {
  priority = NaN;
  timeout = NaN;
  queueTimeout = NaN;
  deadline = NaN;
  retries = NaN;
  flags = 0;
  /** @type {string | null} of fair share and affinity */
  key = null;
  /** For that one and no other; 0: for any. */
  worker = 0;

  /** @param {Float64Array} numbers @param {number} at @param {number} key which of the batch's texts, from 1 */
  write(numbers, at, key, handles) {
    numbers[at + PRIORITY] = this.priority;
    numbers[at + TIMEOUT] = this.timeout;
    numbers[at + QUEUE_TIMEOUT] = this.queueTimeout;
    numbers[at + DEADLINE] = this.deadline;
    numbers[at + RETRIES] = this.retries;
    numbers[at + FLAGS] = this.worker === 0 ? this.flags : this.flags | ON_WORKER;
    numbers[at + KEY] = this.worker === 0 ? key : this.worker;
    numbers[at + HANDLES] = handles;
  }
}

/** It has waited so many milliseconds before. Those that are none stay so. */
function shorten(numbers, at, waited) {
  numbers[at + QUEUE_TIMEOUT] -= waited;
  numbers[at + DEADLINE] -= waited;
}

function limitsOf(numbers) {
  return numbers === null ? null : { queueTimeout: numbers[QUEUE_TIMEOUT], deadline: numbers[DEADLINE] };
}

/** Of a task that has these numbers. @param {readonly string[]} keys of its batch */
function keyOf(numbers, keys) {
  const key = numbers[KEY];
  return key > 0 && (numbers[FLAGS] & ON_WORKER) === 0 ? keys[key - 1] : null;
}

class TaskOptions {
  /** '' or '=name'. */
  mark = '';
  name;
  /** @type {Terms | null} null: all as it is by default */
  terms = null;
  signal = null;
  transfer;
  handle;
  keepOpen;
  onProgress = null;
  filename;
  /** Where the queue is full it waits, whatever the pool does otherwise. */
  waits = false;

  /** @param {object} given of run(), or {} @param {object} defaults of the pool, see DEFAULTS */
  constructor(given, defaults) {
    if (typeof given !== 'object') throw new ERR_INVALID_ARG_TYPE('options', 'Object', given);
    for (const key in given) {
      const value = given[key];
      if (value === undefined || value === null) continue;
      const check = TASK_CHECKS[key];
      if (check === undefined) throw unknownOption(key, value, 'run()', TASK_NAMES, ofPool(key));
      check(value, `options.${key}`);
    }
    const { name, signal, handle, onProgress, filename } = given;
    if (name !== undefined && name !== null) {
      this.name = name;
      this.mark = markOf(name);
    }
    if (signal) this.signal = signal;
    if (onProgress) this.onProgress = onProgress;
    if (filename) this.filename = `${filename}`;
    this.transfer = given.transfer ?? given.transferList ?? undefined;
    this.handle = handle ?? undefined;
    this.keepOpen = given.keepOpen ?? undefined;
    this.#setTerms(given, defaults);
  }

  #setTerms(given, defaults) {
    const priority = given.priority ?? defaults.priority;
    const timeout = given.timeout ?? defaults.timeout;
    const queueTimeout = given.queueTimeout ?? defaults.queueTimeout;
    const deadline = given.deadline ?? defaults.deadline;
    const retries = given.retries ?? defaults.retries;
    const { key, isolate } = given;
    if (
      priority === undefined &&
      timeout === undefined &&
      queueTimeout === undefined &&
      deadline === undefined &&
      retries === undefined &&
      (key === undefined || key === null) &&
      !isolate
    )
      return;
    const terms = new Terms();
    if (priority !== undefined) terms.priority = priority;
    if (timeout !== undefined) terms.timeout = none(timeout);
    if (queueTimeout !== undefined) terms.queueTimeout = none(queueTimeout);
    if (deadline !== undefined) terms.deadline = none(deadline);
    if (retries !== undefined) terms.retries = retries;
    if (isolate) terms.flags = ISOLATED;
    if (key !== undefined && key !== null) terms.key = `${key}`;
    this.terms = terms;
  }

  /** For a worker and no other. */
  onWorker(worker) {
    this.terms ??= new Terms();
    this.terms.worker = worker;
    this.terms.key = null;
    return this;
  }
}

/** Names come again and again. */
const marks = new Map();
const MOST_MARKS = 1024;

function markOf(name) {
  let mark = marks.get(name);
  if (mark === undefined) {
    mark = `=${encodeName(name)}`;
    if (marks.size < MOST_MARKS) marks.set(name, mark);
  }
  return mark;
}

/** Of options that say nothing but a name which has come before, as most do that say anything. undefined: they have to be looked at. */
function markOfName(options) {
  if (typeof options !== 'object' || Object.getPrototypeOf(options) !== Object.prototype) return undefined;
  for (const key in options) if (key !== 'name') return undefined;
  return marks.get(options.name);
}

/** 0 and Infinity: none. */
function none(timeout) {
  return timeout === 0 || timeout === Infinity ? NaN : timeout;
}

function validateName(value, name) {
  validateString(value, name);
  if (marks.has(value)) return;
  if (value === '') throw new ERR_INVALID_ARG_VALUE(name, value, 'must not be empty');
  if (!value.isWellFormed()) throw new ERR_INVALID_ARG_VALUE(name, value, 'must be well-formed Unicode');
  const { length } = encodeName(value);
  if (length > LONGEST_NAME) throw new ERR_OUT_OF_RANGE(`${name}.length`, `<= ${LONGEST_NAME} (percent-encoded)`, length);
}

function validateKey(value, name) {
  if (typeof value === 'number') return;
  if (typeof value !== 'string') throw new ERR_INVALID_ARG_TYPE(name, ['string', 'number'], value);
  if (value === '' || value.includes('\0'))
    throw new ERR_INVALID_ARG_VALUE(name, value, 'must be a string without null bytes, and not empty');
}

/** As piscina: an AbortSignal, or whatever emits 'abort'. */
function validateSignal(value, name) {
  if (typeof value === 'object') {
    if ('aborted' in value && typeof value.addEventListener === 'function') return;
    if (typeof value.once === 'function' && typeof value.removeListener === 'function') return;
  }
  throw new ERR_INVALID_ARG_TYPE(name, ['AbortSignal', 'EventEmitter'], value);
}

function ofPool(key) {
  return require('./options').isPoolOption(key) ? 'it is one of Pool' : undefined;
}

module.exports = { DEFAULTS, FIELDS, TASK_CHECKS, TASK_NAMES, TaskOptions, Terms, keyOf, limitsOf, markOf, markOfName, shorten };
