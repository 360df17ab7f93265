'use strict';
// The errors of pools.

const { genericNodeError } = require('../errors');
const { signalName } = require('../validate');
const { WorkerError, hidden, ms } = require('./worker-error');

/**
 * @param {import('../native').TaskEnd} end
 * @param {number} before milliseconds that it has waited until the engine had it
 * @param {boolean} isBystander its worker was ended because of another of its tasks
 */
function errorOfEnd([, what, workerId, exitCode, signal, waited, ran, attempts], before, isBystander) {
  return new WorkerError(what, {
    workerId,
    exitCode,
    signal: nameOfSignal(signal),
    waited: before + waited,
    ran,
    attempts,
    isBystander,
  });
}

/** @param {unknown} reason of the signal */
function aborted(reason, error = new WorkerError('aborted', {})) {
  hidden(error, 'name', 'AbortError');
  return because(error, reason);
}

/** By close({ force: true }): nobody has aborted it. */
function dropped(error) {
  hidden(error, 'message', 'The task was not begun before the pool was closed, by force');
  return aborted(undefined, error);
}

/** No worker has had it, nor the engine. @param {string} what of TaskEnd @param {number} waited milliseconds */
function notBegun(what, waited) {
  return new WorkerError(what, { waited, ran: 0, attempts: 0 });
}

/** Of errors that say nothing of workers: what could not be sent, and for what there was no room. They are known by themselves, since a task may throw what looks alike. */
const unsentErrors = new WeakSet();
const fullErrors = new WeakSet();

function unsent(error) {
  if (typeof error === 'object' && error !== null) unsentErrors.add(error);
  return error;
}

function isUnsent(error) {
  return unsentErrors.has(error);
}

function closed() {
  const error = new WorkerError('shutdown', {});
  hidden(error, 'message', 'The pool is closed');
  return error;
}

function because(error, cause) {
  if (cause !== undefined) hidden(error, 'cause', cause);
  return error;
}

function queueFull({ maxQueue, maxQueuedBytes }) {
  const error = genericNodeError(
    `The queue is full: it takes ${maxQueue === Infinity ? 'any number of' : maxQueue} tasks (maxQueue) and ${maxQueuedBytes} bytes (maxQueuedBytes)`,
    { code: 'ERR_PROCS_QUEUE_FULL' },
  );
  fullErrors.add(error);
  return error;
}

/** Of this pool: a task may have thrown one of another's. */
function isQueueFull(error) {
  return fullErrors.has(error);
}

function shuttingDown() {
  return genericNodeError('The pool was not made: shutdown() is running', { code: 'ERR_PROCS_SHUTDOWN' });
}

function circuitOpen(until) {
  return genericNodeError(`The circuit breaker is open for another ${ms(Math.max(0, until))}: too many tasks have failed`, {
    code: 'ERR_PROCS_CIRCUIT_OPEN',
  });
}

function tooLarge(bytes, limit) {
  return genericNodeError(`The task was not submitted: it has ${bytes} bytes, and a worker takes ${limit}`, {
    code: 'ERR_PROCS_IPC_TOO_LARGE',
  });
}

/** What a worker has said cannot be understood. */
function garbage(text, cause) {
  const shown = JSON.stringify(text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text);
  return because(genericNodeError(`Garbage from the worker: ${shown}`, { code: 'ERR_PROCS_IPC_GARBAGE' }), cause);
}

const EXCERPT = 80;

/** @param {string} fault 'CODE message' */
function faultOf(fault) {
  const [code] = fault.split(' ', 1);
  return genericNodeError(fault.slice(code.length + 1), { code });
}

function nameOfSignal(number) {
  return number === 0 ? null : signalName(number) || `SIG${number}`;
}

module.exports = {
  WorkerError,
  aborted,
  because,
  circuitOpen,
  closed,
  dropped,
  errorOfEnd,
  faultOf,
  garbage,
  hidden,
  isQueueFull,
  isUnsent,
  nameOfSignal,
  notBegun,
  queueFull,
  shuttingDown,
  tooLarge,
  unsent,
};
