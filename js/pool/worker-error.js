'use strict';
// What became of a task that has no answer. What a task has thrown itself is not in here: that arrives as it was.

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

function ms(milliseconds) {
  return `${milliseconds < 10 ? Math.round(milliseconds * 10) / 10 : Math.round(milliseconds)} ms`;
}

function hidden(object, key, value) {
  Object.defineProperty(object, key, { __proto__: null, value, writable: true, configurable: true });
}

module.exports = { WorkerError, hidden, ms };
