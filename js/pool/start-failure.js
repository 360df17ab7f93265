'use strict';
// Why a worker could not be started, in the words of an error.

const { ErrnoException, genericNodeError } = require('../errors');
const { because, hidden, nameOfSignal } = require('./errors');

/**
 * @param {[kind: string, ...details: any[]]} failure see src/pool/notes.rs
 * @returns {Error}
 */
function causeOf([kind, ...details]) {
  switch (kind) {
    case 'spawn':
      return new ErrnoException(details[0], 'spawn');
    case 'exited':
    case 'died': {
      const [exitCode, signal] = details;
      const how = exitCode === null ? `was ended by ${nameOfSignal(signal)}` : `has exited with code ${exitCode}`;
      return genericNodeError(`It ${how} before it was up`, { code: 'ERR_PROCS_WORKER_EXIT', exitCode, signal: nameOfSignal(signal) });
    }
    case 'timeout':
      return genericNodeError('It was not up in time (startTimeout)', { code: 'ERR_PROCS_WORKER_START_TIMEOUT' });
    case 'protocol':
      return genericNodeError('It has said what is none of the protocol', { code: 'ERR_PROCS_IPC_PROTOCOL' });
    default:
      return new Error(kind);
  }
}

/** Of the process, where it has come to an end. */
function exitOf([kind, exitCode, signal]) {
  return kind === 'exited' || kind === 'died' ? { exitCode, signal: nameOfSignal(signal) } : { exitCode: null, signal: null };
}

/** Says what the worker has said of it, and with its stack, which is where to look. */
function startError(error, cause) {
  const message = typeof cause?.message === 'string' ? cause.message : String(cause);
  hidden(error, 'message', `${error.message}: ${message}`);
  if (typeof cause?.stack === 'string') {
    const at = cause.stack.indexOf('\n    at ');
    if (at >= 0) hidden(error, 'stack', `${placeIn(cause, at)}${error.name}: ${error.message}${cause.stack.slice(at)}`);
  }
  return because(error, cause);
}

/** Where the syntax of a file is wrong, its stack begins with the place, and nothing else in there says it. */
function placeIn({ name, stack }, end) {
  const at = stack.slice(0, end).indexOf(`\n\n${name}`);
  return at < 0 ? '' : stack.slice(0, at + 2);
}

module.exports = { causeOf, exitOf, startError };
