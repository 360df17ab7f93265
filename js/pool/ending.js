'use strict';
// How a pool ends: after what it has to do, at once, or with all the others.

const { LONGEST_TIMER } = require('../longest-timer');

class Ending {
  #native;
  #options;
  #submission;
  #keeping;
  /** What is to be told to the engine when nothing waits in JavaScript any more. */
  #closes = null;
  #timer = null;
  #promise = null;
  #resolve = null;
  /** Since a shutdown(): workers that have ended. */
  #gone = null;

  /** @param {object} native see Pool in native.d.ts @param {object} options of poolOptions() */
  constructor(native, options, submission, keeping) {
    this.#native = native;
    this.#options = options;
    this.#submission = submission;
    this.#keeping = keeping;
  }

  /** @param {boolean} isForced tasks that have not begun are given up @param {() => void} settle looks what waits @returns {Promise<void>} */
  close(isForced, settle) {
    if (!this.#submission.isClosing) {
      this.#stop();
      if (isForced) this.#submission.waiting.drop('aborted');
      const { closeTimeout } = this.#options;
      if (closeTimeout <= LONGEST_TIMER) this.#timer = setTimeout(() => this.destroy(0), closeTimeout);
      this.#closes = { isForced };
      settle();
    }
    return this.#whenOver();
  }

  /** @param {number} grace milliseconds @returns {Promise<void>} */
  destroy(grace) {
    if (!this.#submission.isClosed) {
      this.#stop();
      this.#closes = null;
      this.#submission.waiting.drop('shutdown');
      this.#native.destroy(grace);
    }
    return this.#whenOver();
  }

  /** Nobody is there to wait for it, and nothing is open. */
  abandon() {
    this.#submission.isClosing = true;
    this.#native.close(false);
  }

  /** Of shutdown(): what is open is given up, and workers have so long for their teardown. @returns {Promise<object[]>} what became of each, as of children */
  async shutdown(timeout) {
    this.#gone ??= [];
    await this.destroy(timeout);
    const { filename, program, worker } = this.#options;
    const command = (program ?? [worker.execPath, filename ?? '']).join(' ').trimEnd();
    return this.#gone.map(({ pid, exitCode, signal }) => ({ pid, command, exitCode, signal, forced: signal === 'SIGKILL', tree: null }));
  }

  /** Tasks have ended: maybe those that close() waits for. */
  settle() {
    if (this.#closes === null || !this.#submission.waiting.isEmpty) return;
    const { isForced } = this.#closes;
    this.#closes = null;
    this.#native.close(isForced);
  }

  gone(worker) {
    this.#gone?.push(worker);
  }

  /** Every process is reaped. */
  over() {
    clearTimeout(this.#timer);
    this.#promise ??= Promise.resolve();
    this.#resolve?.();
  }

  #stop() {
    this.#submission.isClosing = true;
    this.#keeping.ends();
    this.#submission.outgoing.flush();
  }

  #whenOver() {
    this.#promise ??= new Promise((resolve) => {
      this.#resolve = resolve;
    });
    return this.#promise;
  }
}

module.exports = { Ending };
