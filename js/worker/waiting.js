'use strict';
// Tasks that were sent ahead and wait for their turn.

class Waiting {
  #entries = [];
  #first = 0;

  get isEmpty() {
    return this.#first === this.#entries.length;
  }

  push(entry) {
    this.#entries.push(entry);
  }

  first() {
    return this.#entries[this.#first];
  }

  shift() {
    this.#entries[this.#first] = undefined;
    this.#first++;
    // They are all gone now and then: then the array begins anew.
    if (this.#first === this.#entries.length) {
      this.#entries = [];
      this.#first = 0;
    }
  }
}

module.exports = { Waiting };
