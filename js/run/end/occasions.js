'use strict';
// What ends a child without anybody calling a method of it: its timeout, and its AbortSignal.

const { setTimeout, clearTimeout } = require('timers');
const { onAbort } = require('../inside');

class Occasions {
  #timer = null;
  #stopListening = null;

  /** @param {(reason: string, cause?: unknown) => void} end */
  watch({ timeout, signal }, end) {
    // Neither keeps the process: the child does.
    if (timeout > 0) this.#timer = setTimeout(end, timeout, 'timeout').unref();
    if (signal) this.#stopListening = onAbort(signal, () => end('canceled', signal.reason));
  }

  forget() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#stopListening?.();
    this.#stopListening = null;
  }
}

module.exports = { Occasions };
