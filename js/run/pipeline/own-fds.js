'use strict';
// The fds that this process holds for a moment while it joins steps. An end of a pipe that stays open here is a reader that never sees
// the end, or a writer that never learns that nobody reads: whatever happens, all of them are closed.

const errors = require('../../errors');
const { native } = require('../../native');
const { closeHeld, hold, release } = require('../../held');

class OwnFds {
  #open = new Set();
  #io = new Int32Array(2);

  /** @returns {{ reading: number, writing: number }} */
  pipe() {
    const status = native().pipe(this.#io);
    if (status < 0) throw new errors.ErrnoException(status, 'pipe');
    const [reading, writing] = this.#io;
    this.#open.add(hold(reading)).add(hold(writing));
    return { reading, writing };
  }

  /** Takes over an fd that somebody else has opened. */
  adopt(fd) {
    this.#open.add(hold(fd));
    return fd;
  }

  /** Somebody else closes it. */
  release(fd) {
    this.#open.delete(fd);
    return release(fd);
  }

  close(fd) {
    if (this.#open.delete(fd)) closeHeld(fd);
  }

  /** @param {object[] | null} targets whose fds the next command gets */
  closeAllBut(targets) {
    for (const fd of this.#open) {
      if (!targets?.some(({ kind, value }) => kind === 'fd' && value === fd)) this.close(fd);
    }
  }

  closeAll() {
    this.closeAllBut(null);
  }
}

module.exports = { OwnFds };
