'use strict';
// What became of a task that has no answer. What a task has thrown itself is not in here: that arrives as it was.

const { genericNodeError } = require('../errors');
const { signalName } = require('../validate');

/** What TaskEnd in native.d.ts says: the reason, the code and the words. */
const ENDS = {
  __proto__: null,
  exit: ['exit', 'ERR_PROCS_WORKER_EXIT', ({ exitCode }) => `The worker has exited with code ${exitCode} while it ran the task`],
  signal: ['signal', 'ERR_PROCS_WORKER_SIGNAL', ({ signal }) => `The worker was ended by ${signal} while it ran the task`],
  oom: ['oom', 'ERR_PROCS_WORKER_OOM', () => 'The worker ran out of memory while it ran the task'],
  timeout: ['timeout', 'ERR_PROCS_TASK_TIMEOUT', ({ ran }) => `The task was not done in time: it has run for ${ms(ran)}`],
  'queue-timeout': [
    'timeout',
    'ERR_PROCS_TASK_QUEUE_TIMEOUT',
    ({ waited }) => `The task was not begun in time: it has waited for ${ms(waited)}`,
  ],
  aborted: ['aborted', 'ABORT_ERR', () => 'The task was aborted'],
  unresponsive: ['unresponsive', 'ERR_PROCS_WORKER_UNRESPONSIVE', () => "The worker's event loop has stood still while it ran the task"],
  poisoned: [
    'poisoned',
    'ERR_PROCS_TASK_POISONED',
    ({ attempts }) => `The task was there when ${attempts} workers died, and is not tried again`,
  ],
  shutdown: ['shutdown', 'ERR_PROCS_POOL_CLOSED', () => 'The pool was closed before the task was done'],
  start: ['start', 'ERR_PROCS_WORKER_START', () => 'No worker could be started'],
};

class WorkerError extends Error {
  /**
   * @internal
   * @param {string} what of TaskEnd
   * @param {object} details
   */
  constructor(what, details) {
    const [reason, code, message] = ENDS[what];
    super(message(details));
    this.code = code;
    /** What became of the task. */
    this.reason = reason;
    /** Its worker, or 0. */
    this.workerId = details.workerId ?? 0;
    this.exitCode = details.exitCode ?? null;
    this.signal = details.signal ?? null;
    /** Workers that it was given to. */
    this.attempts = details.attempts ?? 0;
    /** Milliseconds. */
    this.waited = details.waited ?? 0;
    this.ran = details.ran ?? 0;
  }

  /** @internal It says nothing of the task, nor of its worker. */
  get isCalledOff() {
    return this.reason === 'aborted' || this.reason === 'shutdown';
  }
}

hidden(WorkerError.prototype, 'name', 'WorkerError');

/** @param {import('../native').TaskEnd} end @param {number} before milliseconds that it has waited until the engine had it */
function errorOfEnd([, what, workerId, exitCode, signal, waited, ran, attempts], before) {
  return new WorkerError(what, { workerId, exitCode, signal: nameOfSignal(signal), waited: before + waited, ran, attempts });
}

/** @param {unknown} reason of the signal */
function aborted(reason, error = new WorkerError('aborted', {})) {
  hidden(error, 'name', 'AbortError');
  return because(error, reason);
}

/** No worker has had it, nor the engine. @param {string} what of TaskEnd @param {number} waited milliseconds */
function notBegun(what, waited) {
  return new WorkerError(what, { waited });
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

function ms(milliseconds) {
  return `${milliseconds < 10 ? Math.round(milliseconds * 10) / 10 : Math.round(milliseconds)} ms`;
}

function hidden(object, key, value) {
  Object.defineProperty(object, key, { __proto__: null, value, writable: true, configurable: true });
}

module.exports = {
  WorkerError,
  aborted,
  because,
  circuitOpen,
  closed,
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
