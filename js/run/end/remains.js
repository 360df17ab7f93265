'use strict';
// What is left of a child, and of its tree, that is being ended: told once, when it is nothing, or all that could be done was done.

const SIGKILL = 9;

class Remains {
  /** Settles when it is over; never rejects. */
  gone;
  /** Whether SIGKILL comes if the first signal does not help. */
  willBeForced = true;

  #aim;
  #onOver;
  #settle;
  #stopWaiting = null;
  #signalled = 0;
  /** Those that could not be signalled. */
  #unreachable = null;
  /** The last report that is still to come. */
  #noted = null;
  #isOver = false;

  /**
   * @param {import('./aim').Aim} aim
   * @param {(report: object | null) => void} onOver
   */
  constructor(aim, onOver) {
    this.#aim = aim;
    this.#onOver = onOver;
    this.gone = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /**
   * @param {number} signal that was sent
   * @param {Promise<object>} reported a TreeReport
   */
  note(signal, reported) {
    this.#noted = this.#take(signal, reported);
  }

  async #take(signal, reported) {
    const report = await reported;
    this.#signalled ||= report.signalled;
    this.#unreachable = report.left.length > 0 ? report : null;
    // After SIGKILL there is nothing more to do. And if none will come, there is no use in waiting for what a first signal did not reach.
    const isLast = signal === SIGKILL || (this.#unreachable !== null && !this.willBeForced);
    if (isLast && this.#aim.reachesTree) this.over(report);
  }

  /** The child has ended: the rest of its tree is waited for. */
  wait() {
    if (this.#isOver) return;
    this.#stopWaiting ??= this.#aim.onTreeGone(async (report) => {
      // It may be gone before the thread that has signalled it can tell.
      await this.#noted;
      this.over(report);
    });
  }

  /** @param {object | null} report null where only the child was to be ended, and has */
  over(report) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopWaiting?.();
    const told = report ?? this.#unreachable;
    if (told !== null) told.signalled ||= this.#signalled;
    this.#onOver(told);
    this.#settle();
  }
}

module.exports = { Remains };
