'use strict';
// What is to be done for a task besides its answer. Most tasks have nothing of it.

const { AsyncResource } = require('node:async_hooks');

class Extra {
  /** By which it can be given up, or null; and whether it was. */
  signal = null;
  isAborted = false;
  /** Called with what the task tells of its progress, in the context of the run() that asked for it. */
  #onProgress = null;
  #scope = null;
  /** To be told whether the handle that went with it has arrived, or null. */
  settle = null;
  /** Where the queue is full it waits, whatever the pool does otherwise. */
  waits = false;
  /** Whether it waits for bytes of its own. */
  isPreparing = false;
  /** Milliseconds that it has waited here before the engine had it. */
  waited = 0;
  /** For diagnostics_channel: what it was submitted with, and when. */
  about = null;

  set onProgress(listener) {
    this.#onProgress = listener;
    this.#scope = new AsyncResource('PROCS_TASK', { requireManualDestroy: true });
  }

  progress(value) {
    if (this.#onProgress !== null) this.#scope.runInAsyncScope(this.#onProgress, undefined, value);
  }

  /** @param {boolean} hasArrived whether the worker had it */
  end(hasArrived) {
    if (this.#scope !== null) this.#scope.emitDestroy();
    if (this.settle !== null) this.settle(hasArrived);
  }
}

module.exports = { Extra };
