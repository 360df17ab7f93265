'use strict';
// What comes next if what was done has not helped in time.

const { setTimeout, clearTimeout } = require('timers');

class Escalation {
  #timer = null;
  #step = null;
  /** On the clock of performance.now(). */
  #due = Infinity;

  /** @param {number} delay milliseconds, Infinity for never. Takes the place of the step before. */
  after(delay, step) {
    this.stop();
    this.#step = step;
    this.#wait(delay);
  }

  /** Somebody is in more of a hurry. */
  atMost(delay) {
    if (this.#step === null || performance.now() + delay >= this.#due) return;
    clearTimeout(this.#timer);
    this.#wait(delay);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#step = null;
    this.#due = Infinity;
  }

  #wait(delay) {
    if (delay === Infinity) return;
    this.#due = performance.now() + delay;
    // It is the child that keeps the process, or not, if it was unref'ed.
    this.#timer = setTimeout(() => {
      const step = this.#step;
      this.stop();
      step();
    }, delay).unref();
  }
}

module.exports = { Escalation };
