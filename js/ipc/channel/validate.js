'use strict';
// The option `validate`: what may pass, each way. A function, or whatever follows Standard Schema (zod, valibot, arktype and others).

const errors = require('../../errors');
const { ipcError } = require('./errors');

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } = errors.codes;
const STANDARD = '~standard';
const DIRECTIONS = ['send', 'receive'];
const NAMES = [...DIRECTIONS, 'request', 'response'];

/**
 * @typedef {(value: unknown) => unknown} Check gives the value to go on with, or a promise of it, or throws
 * @typedef {{ send: Check | null, receive: Check | null, request: { send: Check | null, receive: Check | null },
 *   response: { send: Check | null, receive: Check | null } }} Checks
 */

// Looked at for every message. Classes, since V8 keeps a literal without a prototype as a hash table.

class Ways {
  constructor(send, receive) {
    this.send = send;
    this.receive = receive;
  }
}

class Checks extends Ways {
  constructor(messages, request, response) {
    super(messages.send, messages.receive);
    this.request = request;
    this.response = response;
  }
}

const NONE = Object.freeze(new Ways(null, null));
const NO_CHECKS = Object.freeze(new Checks(NONE, NONE, NONE));

/**
 * @param {unknown} given the option
 * @returns {Checks}
 */
function checksOf(given, name) {
  if (given === undefined || given === null) return NO_CHECKS;
  if (isValidator(given)) {
    const incoming = new Ways(null, checkOf(given));
    return new Checks(incoming, incoming, NONE);
  }
  if (typeof given !== 'object') throw new ERR_INVALID_ARG_TYPE(name, ['Function', 'Object', 'Standard Schema'], given);
  for (const key of Object.keys(given)) {
    if (!NAMES.includes(key)) throw new ERR_INVALID_ARG_VALUE(`${name}.${key}`, given[key], `is none of ${NAMES.join(', ')}`);
  }
  const messages = ways(given, name);
  // What is said of messages holds for requests, unless there is something of their own.
  const request = given.request === undefined ? messages : waysOf(given.request, `${name}.request`);
  const response = given.response === undefined ? NONE : waysOf(given.response, `${name}.response`);
  return new Checks(messages, request, response);
}

/** One validator for both ways, or one for each. */
function waysOf(given, name) {
  if (isValidator(given)) {
    const check = checkOf(given);
    return new Ways(check, check);
  }
  if (given === null || typeof given !== 'object') throw new ERR_INVALID_ARG_TYPE(name, ['Function', 'Object', 'Standard Schema'], given);
  return ways(given, name);
}

function ways(given, name) {
  const [send, receive] = DIRECTIONS.map((way) => {
    const one = given[way];
    if (one === undefined || one === null) return null;
    if (!isValidator(one)) throw new ERR_INVALID_ARG_TYPE(`${name}.${way}`, ['Function', 'Standard Schema'], one);
    return checkOf(one);
  });
  return new Ways(send, receive);
}

/** arktype's are functions that have `~standard` as well. */
function isValidator(value) {
  return typeof value === 'function' || typeof value?.[STANDARD]?.validate === 'function';
}

function checkOf(validator) {
  const standard = validator[STANDARD];
  const isSchema = typeof standard?.validate === 'function';
  return (value) => {
    let result;
    try {
      result = isSchema ? standard.validate(value) : validator(value);
    } catch (error) {
      throw invalid(error);
    }
    return settled(result, isSchema ? ofSchema : (answer) => ofFunction(answer, value));
  };
}

function settled(result, next) {
  if (result === null || typeof result !== 'object' || typeof result.then !== 'function') return next(result);
  return result.then(next, (error) => {
    throw invalid(error);
  });
}

function ofSchema(result) {
  if (result?.issues === undefined) return result?.value;
  const error = ipcError('ERR_PROCS_IPC_INVALID', `The message is not valid: ${result.issues.map(asText).join('; ')}`);
  error.issues = result.issues;
  throw error;
}

function asText({ message, path }) {
  const keys = (path ?? []).map((segment) => String(segment !== null && typeof segment === 'object' ? segment.key : segment));
  return keys.length === 0 ? `${message}` : `${keys.join('.')}: ${message}`;
}

/** Nothing and true: as it is. False: no. Anything else takes its place. */
function ofFunction(answer, value) {
  if (answer === undefined || answer === true) return value;
  if (answer === false) throw ipcError('ERR_PROCS_IPC_INVALID', 'The message is not valid');
  return answer;
}

function invalid(cause) {
  if (cause?.code === 'ERR_PROCS_IPC_INVALID') return cause;
  const error = ipcError('ERR_PROCS_IPC_INVALID', `The message is not valid: ${cause?.message ?? cause}`);
  return Object.defineProperty(error, 'cause', { __proto__: null, value: cause, writable: true, configurable: true });
}

module.exports = { NO_CHECKS, checksOf };
