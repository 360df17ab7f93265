'use strict';
// Errors as structuredClone takes them: the name says which of the known types, and only message, stack and cause go along.

const {
  NativeDOMException,
  defineProperty,
  domExceptionMessage,
  domExceptionName,
  getOwnPropertyDescriptor,
  hasOwn,
  reflectSet,
} = require('./intrinsics');

const TYPES = { __proto__: null, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

/**
 * Reads an error in V8's order.
 * @returns {{type: string, message: string | undefined, stack: string | undefined, cause: PropertyDescriptor | undefined}}
 */
function readError(error) {
  const name = error.name;
  const known = name === undefined ? 'Error' : `${name}`;
  const message = ownValue(error, 'message');
  const cause = ownValue(error, 'cause');
  const { stack } = error;
  return {
    type: known in TYPES ? known : 'Error',
    message: message && `${message.value}`,
    cause,
    stack: typeof stack === 'string' ? stack : undefined,
  };
}

/** What is computed is not carried. */
function ownValue(error, name) {
  const own = getOwnPropertyDescriptor(error, name);
  return own !== undefined && hasOwn(own, 'value') ? own : undefined;
}

function readDOMException(error) {
  const { stack } = error;
  return { message: domExceptionMessage(error), name: domExceptionName(error), stack: typeof stack === 'string' ? stack : undefined };
}

/** @returns {Error | undefined} without cause; undefined: no such type */
function makeError(type, message, stack) {
  const Type = typeof type === 'string' ? TYPES[type] : undefined;
  if (Type === undefined) return undefined;
  return withoutTrace(() => (message === undefined ? new Type() : new Type(message)), stack);
}

function makeDOMException(message, name, stack) {
  return withoutTrace(() => new NativeDOMException(message, name), stack);
}

/** The trace of the place where it is made here would be made for nothing. */
function withoutTrace(make, stack) {
  const limit = Error.stackTraceLimit;
  // Not by assignment, which throws where Error is frozen.
  reflectSet(Error, 'stackTraceLimit', 0);
  let error;
  try {
    error = make();
  } finally {
    reflectSet(Error, 'stackTraceLimit', limit);
  }
  // From Node 21 on it is an accessor of each error, which keeps what it is set to.
  if (hasOwn(error, 'stack')) error.stack = stack;
  else setHidden(error, 'stack', stack);
  return error;
}

function setHidden(error, name, value) {
  defineProperty(error, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

const setCause = (error, cause) => setHidden(error, 'cause', cause);

module.exports = { makeDOMException, makeError, readDOMException, readError, setCause };
