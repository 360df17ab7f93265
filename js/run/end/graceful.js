'use strict';
// The parent's side of gracefulCancel: a Node child is asked over its channel, and finds an AbortSignal aborted (./cancel-signal.js).
//
// Both messages are of the kind that Node keeps for itself (cmd: 'NODE_…'): only those do not show up among the program's own.

const LISTENS = 'NODE_PROCS_CANCEL_LISTENS';
const CANCEL = 'NODE_PROCS_CANCEL';

/** No callback, no handle, and a channel that is just closing is no error of anybody's. */
const QUIET = true;

class Graceful {
  #child;
  /** The child has asked for its signal. One that has not would never answer, and is not waited for. */
  #isHeard = false;

  constructor(child) {
    this.#child = child;
    child.on('internalMessage', (message) => {
      if (message.cmd === LISTENS) this.#isHeard = true;
    });
  }

  /** @returns {boolean} whether the child will know */
  ask(reason, cause) {
    if (!this.#isHeard || !this.#child.connected) return false;
    this.#child._send({ cmd: CANCEL, reason: described(reason, cause) }, null, QUIET);
    return true;
  }
}

/** What can be said on every channel. An Error's class and stack stay here. */
function described(reason, cause) {
  if (cause instanceof Error || cause instanceof DOMException) return { name: cause.name, message: cause.message };
  if (typeof cause === 'string' || typeof cause === 'number' || typeof cause === 'boolean') return { value: cause };
  if (reason === 'timeout') return { name: 'TimeoutError', message: 'The operation was aborted due to timeout' };
  return { name: 'AbortError', message: 'This operation was aborted' };
}

module.exports = { Graceful, LISTENS, CANCEL };
