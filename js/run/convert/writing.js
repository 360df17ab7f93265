'use strict';
// An input of the child for somebody who is also told how the child has ended.

/** Bytes that a child that has ended is still given, to nobody. What can end has ended by then; the rest must be stopped. */
const WASTED_AT_MOST = 16 * 1024 * 1024;

class Writing {
  #run;
  #wasted = 0;
  #input;
  #socket;
  #hasLeft = false;

  constructor(run, input) {
    this.#run = run;
    this.#input = input;
    this.#socket = input.addWriter();
    run.claim();
    run.flushSoon();
  }

  /** @returns {Promise<boolean> | null} a promise when the child has to read first; false: nothing more is taken */
  write(chunk) {
    if (this.#socket.destroyed) return this.#toNobody(chunk);
    if (this.#socket.write(chunk)) return null;
    return new Promise((resolve) => {
      const go = () => {
        this.#socket.off('drain', go).off('close', go);
        resolve(true);
      };
      this.#socket.on('drain', go).on('close', go);
    });
  }

  /**
   * A child that does not read to the end is no failure: what it does not want goes nowhere. But not before its end is known, which may
   * be a failure, and not at once: a source that never waits would not let go of this thread. Nor for ever: see WASTED_AT_MOST.
   */
  async #toNobody(chunk) {
    this.#wasted += chunk.length || 1;
    if (this.#run.isOver) await new Promise(setImmediate);
    else await this.#run.failure;
    return this.#wasted <= WASTED_AT_MOST;
  }

  /** All is written. Resolves when the child has ended well. */
  async end() {
    this.#leave();
    const error = await this.#run.failure;
    if (error !== null && this.#run.settings.reject) throw error;
  }

  /** It was not all, and the child must not take it for that. */
  async abort(error) {
    if (this.#hasLeft) return;
    if (error === null) this.#run.left();
    else this.#run.fail(error);
    this.#leave();
    await this.#run.failure;
  }

  #leave() {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#input.removeWriter();
  }
}

module.exports = { Writing };
