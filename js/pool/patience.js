'use strict';
// How long tasks wait here, for room in the queue or for bytes of their own, and whose time is up meanwhile. Of those that the engine has it looks after that itself.

const { LONGEST_TIMER } = require('../longest-timer');

class Patience {
  #onOver;
  /** @type {Map<number, { since: number, startBy: number, endBy: number }>} */
  #waiting = new Map();
  #timer = null;
  /** When the timer is due. */
  #due = Infinity;

  /** @param {(id: number, what: 'queue-timeout' | 'deadline', waited: number) => void} onOver its time is up: it does not wait any more */
  constructor(onOver) {
    this.#onOver = onOver;
  }

  /**
   * It waits from now on, if it did not before.
   * @param {number} id
   * @param {{ queueTimeout: number, deadline: number } | null} limits milliseconds; NaN for none
   */
  begin(id, limits) {
    if (this.#waiting.has(id)) return;
    const since = performance.now();
    const one = { since, startBy: later(since, limits?.queueTimeout), endBy: later(since, limits?.deadline) };
    this.#waiting.set(id, one);
    this.#wake(dueOf(one));
  }

  /** @returns {number} milliseconds up to now; 0: it does not wait */
  waited(id) {
    const one = this.#waiting.get(id);
    return one === undefined ? 0 : performance.now() - one.since;
  }

  /** It does not wait any more. @returns {number} how long it did */
  end(id) {
    const waited = this.waited(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#sleep();
    return waited;
  }

  /** Tells whose time is up. Whatever is handed over after that has some left. */
  sweep() {
    const now = performance.now();
    if (this.#due > now) return;
    this.#sleep();
    let next = Infinity;
    for (const [id, one] of this.#waiting) {
      const due = dueOf(one);
      if (due > now) {
        next = Math.min(next, due);
        continue;
      }
      this.#waiting.delete(id);
      this.#onOver(id, one.endBy > now ? 'queue-timeout' : 'deadline', now - one.since);
    }
    this.#wake(next);
  }

  /** A timer counts from when the turn began in which it was set, which is not always now: it may come too early. */
  #ring() {
    if (this.#due > performance.now()) this.#arm();
    else this.sweep();
  }

  #wake(due) {
    if (due >= this.#due) return;
    this.#sleep();
    this.#due = due;
    this.#arm();
  }

  #arm() {
    // Open tasks keep the process running, where they are to.
    this.#timer = setTimeout(() => this.#ring(), Math.min(Math.ceil(this.#due - performance.now()), LONGEST_TIMER)).unref();
  }

  #sleep() {
    clearTimeout(this.#timer);
    this.#due = Infinity;
  }
}

function dueOf({ startBy, endBy }) {
  return Math.min(startBy, endBy);
}

function later(since, milliseconds = NaN) {
  return milliseconds >= 0 ? since + milliseconds : Infinity;
}

module.exports = { Patience };
