'use strict';
// Shared memory beside a channel's socket: with it, messages are handed over without a system call while the peer is awake.

const { native } = require('../native');

const NONE = Object.freeze([]);
const PARENT = 0;
const CHILD = 1;

/** The parent's, until the channel has it. */
class Ring {
  /** What the child has to inherit: the memory, and what wakes either end. */
  fds;

  /** @returns {Ring | null} null where there can be none, or where descriptors have run out: the socket is enough */
  static open() {
    const io = new Int32Array(3);
    return native().createRing(io) === 0 ? new Ring([...io]) : null;
  }

  constructor(fds) {
    this.fds = fds;
  }

  /** For openChannel(), which closes them. */
  take() {
    const { fds } = this;
    this.fds = NONE;
    return Int32Array.of(...fds, PARENT);
  }

  /** Of a child that could not be started. */
  close() {
    for (const fd of this.fds) native().closeFd(fd);
    this.fds = NONE;
  }
}

/** In the child. @param {number} first of the three, which are one behind the other */
function inheritedRing(first) {
  return Int32Array.of(first, first + 1, first + 2, CHILD);
}

module.exports = { Ring, inheritedRing };
