'use strict';
// The end of a task here: its promise, its signal, its handle, and whoever watches.

const { Aborts } = require('../aborts');
const diagnostics = require('./diagnostics');
const { Extra } = require('./extra');

class Settling {
  #grip;
  #aborts;

  /** @param {import('./grip').Grip} grip @param {(task: object, reason: unknown) => void} onAbort */
  constructor(grip, onAbort) {
    this.#grip = grip;
    this.#aborts = new Aborts(onAbort);
  }

  /** Whether nobody watches tasks. */
  get isUnwatched() {
    return !diagnostics.submitted.hasSubscribers && !diagnostics.ended.hasSubscribers;
  }

  /**
   * What is to be done for a task besides its answer.
   * @param {import('./task-options').TaskOptions} options
   * @param {string} name
   * @returns {Extra | null}
   */
  extraOf(value, options, name) {
    if (options.signal === null && options.onProgress === null && !options.waits && this.isUnwatched) return null;
    const extra = new Extra();
    extra.waits = options.waits;
    extra.signal = options.signal;
    if (options.onProgress !== null) extra.onProgress = options.onProgress;
    if (!this.isUnwatched) {
      extra.about = { name, since: performance.now() };
      diagnostics.submitted.publish({ pool: this.#grip.pool, name, task: value });
    }
    return extra;
  }

  watch(signal, task) {
    this.#aborts.watch(signal, task);
  }

  /** @param {object | undefined} task @param {boolean} hasArrived whether its handle has */
  fail(task, error, hasArrived, worker = 0) {
    if (task === undefined) return;
    this.#done(task, error, undefined, hasArrived, worker);
    task.reject(error);
  }

  answer(task, value, worker) {
    this.#done(task, null, value, true, worker);
    task.resolve(value);
  }

  #done(task, error, result, hasArrived, workerId) {
    const { id, extra } = task;
    if (extra === null) return;
    if (extra.signal !== null) this.#aborts.forget(extra.signal, task);
    extra.end(hasArrived);
    const { about } = extra;
    if (about === null || !diagnostics.ended.hasSubscribers) return;
    const duration = performance.now() - about.since;
    const message = { pool: this.#grip.pool, taskId: id, name: about.name, workerId, duration };
    diagnostics.ended.publish(error === null ? { ...message, result } : { ...message, error });
  }
}

module.exports = { Settling };
