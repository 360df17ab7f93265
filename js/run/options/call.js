'use strict';
// The arguments of run() and its kin: (file, args?, options?).

const errors = require('../../errors');
const validate = require('../../validate');
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, pathText } = require('./checks');

const NO_ARGS = Object.freeze([]);

/**
 * @param {any[]} given all that the function was called with
 * @param {string} name of the function
 * @returns {{ file: string, args: string[], options: object | undefined }}
 */
function callOf(given, name) {
  if (given.length > 3) throw tooMany(given.length, name);
  const file = fileOf(given[0]);
  const hasArgs = Array.isArray(given[1]);
  if (hasArgs || given[1] === undefined || given[1] === null) {
    return { file, args: hasArgs ? argsOf(given[1]) : NO_ARGS, options: given[2] };
  }
  if (typeof given[1] !== 'object') throw new ERR_INVALID_ARG_TYPE('args', 'Array', given[1]);
  if (given[2] !== undefined) throw new ERR_INVALID_ARG_TYPE('args', 'Array', given[1]);
  return { file, args: NO_ARGS, options: given[1] };
}

function tooMany(count, name) {
  return errors.genericNodeError(`${name}() takes (file, args, options). Received ${count} arguments`, {
    __proto__: null,
    code: 'ERR_INVALID_ARG_VALUE',
  });
}

/** @returns {string} */
function fileOf(value) {
  if (typeof value === 'string') {
    if (value === '') throw new ERR_INVALID_ARG_VALUE('file', value, 'cannot be empty');
    if (value.includes('\0')) throw new ERR_INVALID_ARG_VALUE('file', value, 'must be a string without null bytes');
    return value;
  }
  return fileOf(pathText(validate.validatePath(value, 'file')));
}

/** Strings and numbers. undefined, null and booleans are not made words: they are mistakes, as in [flag && '--verbose']. */
function argsOf(values) {
  const args = new Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'string') {
      if (value.includes('\0')) throw new ERR_INVALID_ARG_VALUE(`args[${i}]`, value, 'must be a string without null bytes');
      args[i] = value;
    } else if (typeof value === 'number') {
      args[i] = String(value);
    } else {
      throw new ERR_INVALID_ARG_TYPE(`args[${i}]`, ['string', 'number'], value);
    }
  }
  return args;
}

module.exports = { callOf, fileOf, argsOf };
