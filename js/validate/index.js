'use strict';
// Checks of arguments that throw Node's errors.

const errors = require('../errors');
const { closest, unknownName } = require('./closest');
const { validatePath } = require('./path');
const { signalNumber, signalName } = require('./signals');

function validateString(value, name) {
  if (typeof value !== 'string') throw new errors.codes.ERR_INVALID_ARG_TYPE(name, 'string', value);
}

function validateBoolean(value, name) {
  if (typeof value !== 'boolean') throw new errors.codes.ERR_INVALID_ARG_TYPE(name, 'boolean', value);
}

function validateFunction(value, name) {
  if (typeof value !== 'function') throw new errors.codes.ERR_INVALID_ARG_TYPE(name, 'Function', value);
}

function validateObject(value, name) {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new errors.codes.ERR_INVALID_ARG_TYPE(name, 'Object', value);
}

function validateArray(value, name) {
  if (!Array.isArray(value)) throw new errors.codes.ERR_INVALID_ARG_TYPE(name, 'Array', value);
}

function validateOneOf(value, name, allowed) {
  if (allowed.includes(value)) return;
  const shown = allowed.map((one) => (typeof one === 'string' ? `'${one}'` : String(one))).join(', ');
  throw new errors.codes.ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${shown}`);
}

function validateInteger(value, name, min, max) {
  if (typeof value !== 'number') throw new errors.codes.ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!Number.isInteger(value)) throw new errors.codes.ERR_OUT_OF_RANGE(name, 'an integer', value);
  if (value < min || value > max) throw new errors.codes.ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}

/** NaN is no number here. */
function validateNumber(value, name, min) {
  if (typeof value !== 'number') throw new errors.codes.ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!(value >= min)) throw new errors.codes.ERR_OUT_OF_RANGE(name, `>= ${min}`, value);
}

function validateAbortSignal(signal, name) {
  if (signal === undefined) return;
  // As Node does: whatever has `aborted` will do, for AbortSignals that come from another realm or a polyfill.
  if (signal === null || typeof signal !== 'object' || !('aborted' in signal))
    throw new errors.codes.ERR_INVALID_ARG_TYPE(name, 'AbortSignal', signal);
}

module.exports = {
  closest,
  unknownName,
  validateString,
  validateBoolean,
  validateFunction,
  validateObject,
  validateArray,
  validateOneOf,
  validateInteger,
  validateNumber,
  validateAbortSignal,
  validatePath,
  signalNumber,
  signalName,
};
