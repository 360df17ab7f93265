'use strict';
// Checks of single values, each giving the value as the rest of js/run works with it. Codes and wording are Node's.

const errors = require('../../errors');
const { LONGEST_TIMER } = require('../../longest-timer');
const validate = require('../../validate');

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = errors.codes;

function boolean(value, name) {
  validate.validateBoolean(value, name);
  return value;
}

function string(value, name) {
  validate.validateString(value, name);
  if (value.includes('\0')) throw new ERR_INVALID_ARG_VALUE(name, value, 'must be a string without null bytes');
  return value;
}

function strings(value, name) {
  validate.validateArray(value, name);
  return Array.from(value, (one, i) => string(one, `${name}[${i}]`));
}

/** @returns {string} paths of bytes are taken as UTF-8, which is what the addon makes of them */
function path(value, name) {
  return pathText(validate.validatePath(value, name));
}

function pathText(value) {
  return typeof value === 'string' ? value : Buffer.from(value).toString();
}

function oneOf(...allowed) {
  return (value, name) => {
    validate.validateOneOf(value, name, allowed);
    return value;
  };
}

function integer(min, max) {
  return (value, name) => {
    validate.validateInteger(value, name, min, max);
    return value;
  };
}

const duration = integer(0, LONGEST_TIMER);

function durationOrInfinity(value, name) {
  return value === Infinity ? value : duration(value, name);
}

/** false: never; true: the default. */
function delay(fallback) {
  return (value, name) => {
    if (value === false) return Infinity;
    if (value === true) return fallback;
    if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, ['number', 'boolean'], value);
    return durationOrInfinity(value, name);
  };
}

/** Bytes. */
function limit(value, name) {
  validate.validateNumber(value, name, 0);
  return value;
}

/** @returns {number} of a signal that can end a process: 0 only asks whether there is one */
function endingSignal(value, name) {
  if (value === 0) throw new ERR_INVALID_ARG_VALUE(name, value, 'must be a signal that ends a process');
  if (typeof value !== 'string' && typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, ['string', 'number'], value);
  return validate.signalNumber(value);
}

function abortSignal(value, name) {
  validate.validateAbortSignal(value, name);
  return value;
}

/** An object that is not an instance of something, of this realm or another. */
function isPlain(value) {
  if (value === null || typeof value !== 'object') return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

module.exports = {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_OUT_OF_RANGE,
  boolean,
  string,
  strings,
  path,
  pathText,
  oneOf,
  integer,
  duration,
  durationOrInfinity,
  delay,
  limit,
  endingSignal,
  abortSignal,
  isPlain,
};
