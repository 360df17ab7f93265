'use strict';
// Errors of a channel. Each is made where it is told, so that its stack says who asked.

const { genericNodeError } = require('../../errors');

function ipcError(code, message, properties) {
  return genericNodeError(message, { code, ...properties });
}

/**
 * @param {string} why 'the child was ended by SIGKILL'
 * @param {{ exitCode: number | null, signal: string | null } | null} exit of the peer, where it is a child of ours
 */
function closedError(why, exit) {
  const properties = exit === null ? undefined : { exitCode: exit.exitCode, signal: exit.signal };
  return ipcError('ERR_PROCS_IPC_CLOSED', `The channel is closed: ${why}`, properties);
}

function queueFull(bytes, limit) {
  return ipcError('ERR_PROCS_IPC_QUEUE_FULL', `The message was not sent: ${bytes} bytes wait for the peer, and maxQueuedBytes is ${limit}`);
}

function tooLarge(bytes, limit) {
  return ipcError('ERR_PROCS_IPC_TOO_LARGE', `The message was not sent: it has ${bytes} bytes, and the peer takes ${limit} (maxFrame)`);
}

function timeoutError(milliseconds) {
  return ipcError('ERR_PROCS_IPC_TIMEOUT', `No answer within ${milliseconds} ms`);
}

function protocolError(message) {
  return ipcError('ERR_PROCS_IPC_PROTOCOL', message);
}

const EXCERPT = 80;

function garbageError(text, cause) {
  const shown = JSON.stringify(text.slice(0, EXCERPT));
  const error = ipcError('ERR_PROCS_IPC_GARBAGE', `Garbage on the channel: ${shown}${text.length > EXCERPT ? '…' : ''}`);
  if (cause !== undefined) Object.defineProperty(error, 'cause', { __proto__: null, value: cause, writable: true, configurable: true });
  return error;
}

module.exports = { closedError, garbageError, ipcError, protocolError, queueFull, timeoutError, tooLarge };
