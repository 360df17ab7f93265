'use strict';
// The options that are numbers. Node 26 has checked them with its general validators, and so with other codes and words.

const errors = require('../errors');
const { major } = require('../node-version');
const { validateInteger, validateNumber, signalNumber } = require('../validate');

const general = major >= 26;

/** Bytes of output kept by default. */
const MAX_BUFFER = 1024 * 1024;

function validateTimeout(timeout) {
  if (timeout === undefined || timeout === null) return;
  if (general) validateInteger(timeout, 'timeout', 0, Number.MAX_SAFE_INTEGER);
  else if (!(Number.isInteger(timeout) && timeout >= 0)) throw new errors.codes.ERR_OUT_OF_RANGE('timeout', 'an unsigned integer', timeout);
}

function validateMaxBuffer(maxBuffer) {
  if (maxBuffer === undefined || maxBuffer === null) return;
  if (general) validateNumber(maxBuffer, 'options.maxBuffer', 0);
  else if (!(typeof maxBuffer === 'number' && maxBuffer >= 0)) {
    throw new errors.codes.ERR_OUT_OF_RANGE('options.maxBuffer', 'a positive number', maxBuffer);
  }
}

/** uid and gid. */
function validateId(id, name) {
  if (id === undefined || id === null) return;
  if (general) validateInteger(id, name, -(2 ** 31), 2 ** 31 - 1);
  else if (id !== (id | 0)) throw new errors.codes.ERR_INVALID_ARG_TYPE(name, 'int32', id);
}

/** @returns {number | undefined} */
function killSignalNumber(killSignal) {
  if (typeof killSignal === 'string' || typeof killSignal === 'number') return signalNumber(killSignal);
  if (killSignal === undefined || killSignal === null) return undefined;
  throw new errors.codes.ERR_INVALID_ARG_TYPE('options.killSignal', ['string', 'number'], killSignal);
}

module.exports = { MAX_BUFFER, validateTimeout, validateMaxBuffer, validateId, killSignalNumber };
