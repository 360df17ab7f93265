'use strict';
// Whether a pool keeps the process running: while a task is open, unless its user has said something else, and while it comes to its end. And whether it is kept itself.

class Keeping {
  #native;
  /** What the user says, or null. */
  #explicit = null;
  #grip;
  #isReferenced = false;
  #isBusy = false;
  #isEnding = false;
  #isOver = false;

  /** @param {object} native see Pool in native.d.ts @param {boolean} isReferenced @param {import('./grip').Grip} grip */
  constructor(native, isReferenced, grip) {
    this.#native = native;
    this.#grip = grip;
    if (isReferenced) this.say(true);
  }

  /** The first of the tasks that are open now. */
  begin() {
    this.#isBusy = true;
    this.#grip.isTight = true;
    if (this.#explicit === null) this.#set(true);
  }

  /** None is open any more. */
  idle() {
    this.#isBusy = false;
    this.#grip.isTight = this.#isTight;
    if (this.#explicit === null && !this.#isEnding) this.#set(false);
  }

  say(isReferenced) {
    this.#explicit = isReferenced;
    this.#grip.isTight = this.#isTight;
    this.#set(isReferenced);
  }

  /** Whoever waits for its end waits for something. */
  ends() {
    this.#isEnding = true;
    this.#grip.isTight = this.#isTight;
    this.#set(true);
  }

  over() {
    this.#isOver = true;
    this.#grip.isTight = false;
  }

  get #isTight() {
    return !this.#isOver && (this.#isBusy || this.#isEnding || this.#explicit === true);
  }

  #set(isReferenced) {
    if (this.#isReferenced === isReferenced || this.#isOver) return;
    this.#isReferenced = isReferenced;
    if (isReferenced) this.#native.ref();
    else this.#native.unref();
  }
}

module.exports = { Keeping };
