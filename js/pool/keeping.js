'use strict';
// Whether a pool keeps the process running: while a task is open, unless its user has said something else, and while it comes to its end.

class Keeping {
  #native;
  /** What the user says, or null. */
  #explicit;
  #isReferenced = false;
  #isEnding = false;
  #isOver = false;

  constructor(native, isReferenced) {
    this.#native = native;
    this.#explicit = isReferenced ? true : null;
    if (isReferenced) this.#set(true);
  }

  /** The first of the tasks that are open now. */
  begin() {
    if (this.#explicit === null) this.#set(true);
  }

  /** None is open any more. */
  idle() {
    if (this.#explicit === null && !this.#isEnding) this.#set(false);
  }

  say(isReferenced) {
    this.#explicit = isReferenced;
    this.#set(isReferenced);
  }

  /** Whoever waits for its end waits for something. */
  ends() {
    this.#isEnding = true;
    this.#set(true);
  }

  over() {
    this.#isOver = true;
  }

  #set(isReferenced) {
    if (this.#isReferenced === isReferenced || this.#isOver) return;
    this.#isReferenced = isReferenced;
    if (isReferenced) this.#native.ref();
    else this.#native.unref();
  }
}

module.exports = { Keeping };
