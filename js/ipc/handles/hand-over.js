'use strict';
// A handle that is not the program's, but for a part of this package at the other end: connections that distribute() gives away.

const { kindOf } = require('./kinds');

class HandOver {
  #value;
  #purpose;
  #settled;

  /**
   * @param {object} value a handle. It is not closed over here, whatever becomes of it
   * @param {string} purpose whom it is for over there
   * @param {(hasArrived: boolean) => void} settled called once
   */
  constructor(value, purpose, settled) {
    this.#value = value;
    this.#purpose = purpose;
    this.#settled = settled;
  }

  /** As pack() in index.js. */
  pack() {
    const kind = kindOf(this.#value, true);
    const { fd, info } = kind.hold(this.#value);
    return { fds: [fd], info: { type: kind.type, for: this.#purpose, ...info }, sent: this.#settled };
  }
}

module.exports = { HandOver };
