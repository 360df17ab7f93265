'use strict';
// The errors of Node that carry more than a code.

const { getSystemErrorName } = require('util');
const { codes } = require('./codes');

/**
 * A failed system call: `spawn ENOENT`, with errno (negative, as libuv has it), code and syscall.
 * Plain Errors, called with `new` as in Node: a class of our own would be printed by its own name.
 */
function ErrnoException(errno, syscall, detail) {
  const code = getSystemErrorName(errno);
  const error = new Error(detail ? `${syscall} ${code} ${detail}` : `${syscall} ${code}`);
  Error.captureStackTrace(error, ErrnoException);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  return error;
}

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    if (options !== undefined && typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

/** An Error with properties of the caller's choice. */
function genericNodeError(message, properties) {
  const error = new Error(message);
  Error.captureStackTrace(error, genericNodeError);
  return Object.assign(error, properties);
}

module.exports = { ErrnoException, AbortError, genericNodeError };
