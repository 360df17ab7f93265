'use strict';
// Errors of brokers and their clients.

const { genericNodeError } = require('../../errors');

function brokerError(code, message, properties) {
  return genericNodeError(message, { code, ...properties });
}

/** @param {{ code?: unknown, message?: unknown }} refusal as the broker says it */
function refusalOf(refusal) {
  const code = typeof refusal?.code === 'string' ? refusal.code : 'ERR_PROCS_IPC_CLOSED';
  const message = typeof refusal?.message === 'string' ? refusal.message : 'it did not say why';
  return brokerError(code, `The broker: ${message}`);
}

function closedError(cause) {
  const error = brokerError('ERR_PROCS_IPC_CLOSED', 'The connection to the broker is closed');
  if (cause !== null) Object.defineProperty(error, 'cause', { __proto__: null, value: cause, writable: true, configurable: true });
  return error;
}

function brokerGone() {
  return brokerError('ERR_PROCS_IPC_CLOSED', 'The broker has gone without a word');
}

function noBroker() {
  return brokerError('ERR_PROCS_IPC_PROTOCOL', 'Who listens there is no broker');
}

function timeoutError(milliseconds) {
  return brokerError('ERR_PROCS_IPC_TIMEOUT', `No answer within ${milliseconds} ms`);
}

function noHandler(name) {
  return brokerError('ERR_PROCS_IPC_NO_HANDLER', `'${name}' does not handle requests: it has no onRequest()`);
}

function overflowed(maxQueued) {
  return brokerError('ERR_PROCS_BROKER_SLOW', `More than ${maxQueued} messages waited for this subscription to be read`);
}

module.exports = { brokerError, brokerGone, closedError, noBroker, noHandler, overflowed, refusalOf, timeoutError };
