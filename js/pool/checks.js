'use strict';
// What values of options may be: of a pool, of its tasks, of a CommandPool.

const path = require('node:path');
const { codes } = require('../errors');
const { validateArray, validateInteger, validateNumber, validateString } = require('../validate');

const { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = codes;

/** Milliseconds; Infinity for none. */
function validateDuration(value, name) {
  if (value !== Infinity) validateNumber(value, name, 0);
}

/** @returns {(value: unknown, name: string) => void} for a whole number within these bounds */
function integer(least, most) {
  return (value, name) => validateInteger(value, name, least, most);
}

/** @returns {(value: unknown, name: string) => void} for a whole number, or Infinity for no bound */
function count(least) {
  return (value, name) => {
    if (value !== Infinity) validateInteger(value, name, least, Number.MAX_SAFE_INTEGER);
  };
}

/** 0 to 1. */
function validateFraction(value, name) {
  validateNumber(value, name, 0);
  if (value > 1) throw new ERR_OUT_OF_RANGE(name, '>= 0 && <= 1', value);
}

/** Load of the CPUs; Infinity for any. */
function validateLoad(value, name) {
  if (value !== Infinity) validateFraction(value, name);
}

/** As piscina: absolute, since nobody could say what it would be relative to. */
function validateFilename(value, name) {
  if (isUrl(value)) return;
  validateString(value, name);
  refuseNul(value, name);
  if (path.isAbsolute(value) || /^(?:file|data):/.test(value)) return;
  throw new ERR_INVALID_ARG_VALUE(name, value, "must be an absolute path or a file: URL, such as path.join(__dirname, 'worker.js')");
}

function isUrl(value) {
  return typeof value === 'object' && value !== null && (value.protocol === 'file:' || value.protocol === 'data:') && Boolean(value.href);
}

function validateProgram(value, name) {
  const parts = typeof value === 'string' ? [value] : value;
  validateArray(parts, name);
  if (parts.length === 0 || parts[0] === '') throw new ERR_INVALID_ARG_VALUE(name, value, 'must name a program');
  parts.forEach((part, i) => {
    validateString(part, `${name}[${i}]`);
    refuseNul(part, `${name}[${i}]`);
  });
}

/** Of which strings are made, as by worker_threads. */
function validateArguments(value, name) {
  validateArray(value, name);
  // An argument ends there, for every system.
  value.forEach((one, i) => {
    refuseNul(String(one), `${name}[${i}]`);
  });
}

function refuseNul(text, name) {
  if (text.includes('\0')) throw new ERR_INVALID_ARG_VALUE(name, text, 'must be a string without null bytes');
}

module.exports = {
  count,
  integer,
  validateArguments,
  validateDuration,
  validateFilename,
  validateFraction,
  validateLoad,
  validateProgram,
};
