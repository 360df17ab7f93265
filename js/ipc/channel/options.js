'use strict';
// Options of a channel, of send() and of request(), checked before anything happens.

const errors = require('../../errors');
const { validateAbortSignal, validateArray, validateInteger, validateNumber, validateObject, validateOneOf } = require('../../validate');
const { checksOf } = require('./validate');

const { ERR_INVALID_ARG_VALUE } = errors.codes;

const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
const MAX_FRAME = 256 * 1024 * 1024;
const MAX_SHARED_MEMORY = 256 * 1024 * 1024;
const MAX_REQUESTS = 65_536;
/** The longest delay of a timer: a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

const NAMES = ['maxQueuedBytes', 'overflow', 'validate', 'maxFrame', 'maxRequests', 'maxSharedMemory', 'timeout'];

/**
 * @param {object | undefined} given
 * @param {string} name of the argument, for errors
 */
function channelOptions(given, name = 'options') {
  if (given === undefined) return DEFAULTS;
  validateObject(given, name);
  for (const key of Object.keys(given)) {
    if (!NAMES.includes(key)) throw new ERR_INVALID_ARG_VALUE(`${name}.${key}`, given[key], `is none of ${NAMES.join(', ')}`);
  }
  const { maxQueuedBytes, overflow, maxFrame, maxRequests, maxSharedMemory, timeout } = given;
  if (maxQueuedBytes !== undefined) validateNumber(maxQueuedBytes, `${name}.maxQueuedBytes`, 1);
  if (overflow !== undefined) validateOneOf(overflow, `${name}.overflow`, ['wait', 'reject']);
  if (maxFrame !== undefined) validateInteger(maxFrame, `${name}.maxFrame`, 1024, LONGEST);
  if (maxRequests !== undefined) validateNumber(maxRequests, `${name}.maxRequests`, 1);
  if (maxSharedMemory !== undefined) validateInteger(maxSharedMemory, `${name}.maxSharedMemory`, 0, Number.MAX_SAFE_INTEGER);
  if (timeout !== undefined) validateTimeout(timeout, `${name}.timeout`);
  const checks = checksOf(given.validate, `${name}.validate`);
  const options = { ...DEFAULTS, checks };
  for (const key of NAMES) if (key !== 'validate' && given[key] !== undefined) options[key] = given[key];
  return options;
}

/** Looked at for every message: with a prototype, since V8 keeps a literal without one as a hash table. */
const DEFAULTS = Object.freeze({
  maxQueuedBytes: MAX_QUEUED_BYTES,
  overflow: 'wait',
  maxFrame: MAX_FRAME,
  maxRequests: MAX_REQUESTS,
  maxSharedMemory: MAX_SHARED_MEMORY,
  timeout: 0,
  checks: checksOf(undefined),
});

const NOTHING = Object.freeze({ __proto__: null, timeout: undefined, signal: undefined, transfer: undefined, handle: undefined });

/** @returns {{ transfer?: object[], handle?: unknown }} */
function sendOptions(given) {
  if (given === undefined || given === null) return NOTHING;
  if (require('../handles').isHandle(given)) return { handle: given, transfer: undefined };
  validateObject(given, 'options');
  validateTransfer(given.transfer);
  return given;
}

/** @returns {{ timeout?: number, signal?: AbortSignal, transfer?: object[], handle?: unknown }} */
function requestOptions(given) {
  if (given === undefined || given === null) return NOTHING;
  validateObject(given, 'options');
  if (given.timeout !== undefined) validateTimeout(given.timeout, 'options.timeout');
  validateAbortSignal(given.signal, 'options.signal');
  validateTransfer(given.transfer);
  return given;
}

/** Milliseconds; 0 and Infinity for none. */
function validateTimeout(timeout, name) {
  if (timeout !== Infinity) validateNumber(timeout, name, 0);
  if (timeout !== Infinity && timeout > LONGEST) throw new errors.codes.ERR_OUT_OF_RANGE(name, `<= ${LONGEST} or Infinity`, timeout);
}

function validateTransfer(transfer) {
  if (transfer !== undefined) validateArray(transfer, 'options.transfer');
}

module.exports = { channelOptions, requestOptions, sendOptions };
