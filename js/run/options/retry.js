'use strict';
// The option `retry`: how often, how long between, and after what.

const validate = require('../../validate');
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, duration, integer, isPlain } = require('./checks');
const { unknownOption } = require('./unknown');

const ATTEMPTS = 3;
const MOST = 1_000_000;
const attempts = integer(1, MOST);
const NOTHING = Object.freeze({ __proto__: null });

/** @returns {Readonly<{ attempts: number, wait: (attempt: number, error: Error) => any, on: Function | any[] | undefined }>} */
function retry(value, name) {
  if (typeof value === 'number')
    return Object.freeze({ __proto__: null, attempts: attempts(value, name), wait: waits(NOTHING), on: undefined });
  if (!isPlain(value)) throw new ERR_INVALID_ARG_TYPE(name, ['number', 'Object'], value);
  const given = own(value, name, ['attempts', 'backoff', 'on']);
  return Object.freeze({
    __proto__: null,
    attempts: given.attempts === undefined ? ATTEMPTS : attempts(given.attempts, `${name}.attempts`),
    wait: given.backoff === undefined ? waits(NOTHING) : backoff(given.backoff, `${name}.backoff`),
    on: given.on === undefined ? undefined : reasons(given.on, `${name}.on`),
  });
}

function own(object, name, allowed) {
  const copy = { __proto__: null };
  for (const key of Object.keys(object)) {
    if (!allowed.includes(key)) throw unknownOption(`${name.slice('options.'.length)}.${key}`, object[key], allowed, 'run');
    copy[key] = object[key];
  }
  return copy;
}

function backoff(value, name) {
  if (typeof value === 'function') return value;
  if (typeof value === 'number') {
    duration(value, name);
    return () => value;
  }
  if (!isPlain(value)) throw new ERR_INVALID_ARG_TYPE(name, ['number', 'function', 'Object'], value);
  const given = own(value, name, ['initial', 'factor', 'max', 'jitter']);
  if (given.initial !== undefined) duration(given.initial, `${name}.initial`);
  if (given.max !== undefined) duration(given.max, `${name}.max`);
  if (given.factor !== undefined) validate.validateNumber(given.factor, `${name}.factor`, 1);
  if (given.jitter !== undefined) share(given.jitter, `${name}.jitter`);
  return waits(given);
}

function share(value, name) {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!(value >= 0 && value <= 1)) throw new ERR_OUT_OF_RANGE(name, '>= 0 && <= 1', value);
}

/** After the first failure `initial`, then `factor` times as long each time, up to `max`; of that, the share `jitter` is left to chance. */
function waits({ initial = 100, factor = 2, max = 60_000, jitter = 0 }) {
  return (attempt) => Math.min(max, initial * factor ** (attempt - 1)) * (1 - jitter * Math.random());
}

function reasons(value, name) {
  if (typeof value === 'function') return value;
  if (!Array.isArray(value)) throw new ERR_INVALID_ARG_TYPE(name, ['function', 'Array'], value);
  value.forEach((one, i) => {
    if (Number.isInteger(one) || (typeof one === 'string' && one !== '')) return;
    throw new ERR_INVALID_ARG_VALUE(`${name}[${i}]`, one, "must be an exit code, a signal, 'timeout' or an error code");
  });
  return Object.freeze(value.slice());
}

module.exports = { retry };
