'use strict';
// An accepted connection that is nobody's yet.

/** More often than this it is not tried: somebody has no descriptor for it. */
const ATTEMPTS = 3;

class Connection {
  #onReturned;
  #failures = 0;

  /** @param {(connection: Connection) => void} onReturned the worker that it was given to does not have it */
  constructor(socket, onReturned) {
    this.socket = socket;
    this.remoteAddress = socket.remoteAddress;
    this.#onReturned = onReturned;
    // Only one of our own is being closed: nobody reads from it.
    socket.on('error', ignore);
  }

  /** A worker has it: our descriptor of it goes, and it stays. */
  taken() {
    this.socket.destroy();
  }

  returned() {
    this.#onReturned(this);
  }

  /** It could not be handed over, for a reason that may lie with it. @returns {boolean} whether it is worth another attempt */
  failed() {
    return ++this.#failures < ATTEMPTS;
  }

  drop() {
    this.socket.destroy();
  }

  /** Back to whoever would have had it. */
  release() {
    this.socket.off('error', ignore);
    return this.socket;
  }
}

function ignore() {}

module.exports = { Connection };
