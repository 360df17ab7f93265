'use strict';
// What became of a task that has no answer. What a task has thrown itself is not in here: that arrives as it was.

const { genericNodeError } = require('../errors');
const { signalName } = require('../validate');

/** What TaskEnd in native.d.ts says: the reason, the code and the words. */
const ENDS = {
  __proto__: null,
  exit: ['exit', 'ERR_PROCS_WORKER_EXIT', (details) => `The worker ${exitOf(details)} ${whenOf(details)}`],
  signal: [
    'signal',
    'ERR_PROCS_WORKER_SIGNAL',
    (details) => `The worker was ended by ${details.signal} ${whenOf(details)}${whyOf(details)}`,
  ],
  oom: ['oom', 'ERR_PROCS_WORKER_OOM', (details) => `The worker ran out of memory ${whenOf(details)}`],
  timeout: ['timeout', 'ERR_PROCS_TASK_TIMEOUT', ({ ran }) => `The task was not done within its timeout: it has run for ${ms(ran)}`],
  deadline: [
    'timeout',
    'ERR_PROCS_TASK_TIMEOUT',
    (details) => `The task was not done by its deadline, ${ms(details.waited + details.ran)} after run(): ${progressOf(details)}`,
  ],
  'queue-timeout': [
    'timeout',
    'ERR_PROCS_TASK_QUEUE_TIMEOUT',
    ({ waited }) => `The task was not begun within its queueTimeout: it has waited for ${ms(waited)}`,
  ],
  aborted: ['aborted', 'ABORT_ERR', () => 'The task was aborted'],
  unresponsive: [
    'unresponsive',
    'ERR_PROCS_WORKER_UNRESPONSIVE',
    (details) => `The worker was ended because its event loop stood still for unresponsiveTimeout ${whenOf(details)}`,
  ],
  poisoned: [
    'poisoned',
    'ERR_PROCS_TASK_POISONED',
    ({ attempts }) => `The task was there when ${attempts} workers died, and is not tried again`,
  ],
  shutdown: ['shutdown', 'ERR_PROCS_POOL_CLOSED', () => 'The pool was closed before the task was done'],
  start: ['start', 'ERR_PROCS_WORKER_START', () => 'No worker could be started'],
};

function exitOf({ exitCode }) {
  // Somebody else has reaped it, or it was gone before.
  return typeof exitCode === 'number' ? `has exited with code ${exitCode}` : 'has gone';
}

/** A task for one worker alone ends with it, also where that never came to it. */
function whenOf({ attempts }) {
  return attempts > 0 ? 'while it ran the task' : 'before it had begun the task';
}

function whyOf({ isBystander }) {
  return isBystander ? ', because of another task: one that was given up, and had not stopped within abortGrace' : '';
}

function progressOf({ attempts, ran }) {
  if (attempts === 0) return 'it was never begun';
  return ran > 0 ? `it has run for ${ms(ran)}` : 'its worker had died, and it waited for another one';
}

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
