'use strict';
// The callback of one send(): called once, in the order of the sends, in the context of its send(), never before send() returned.

const { AsyncResource } = require('node:async_hooks');

class Receipt {
  #callback;
  /** undefined until the write is done, then null or its error. */
  #outcome;
  /** Only what has to outlive the turn of its send() needs a context kept for it. */
  #scope = null;

  constructor(callback) {
    this.#callback = callback;
    process.nextTick(answer, this);
  }

  settle(error) {
    this.#outcome = error;
    // A tick each, so that one that throws takes no other along.
    this.#scope?.runInAsyncScope(process.nextTick, process, this.#callback, error);
  }

  /** In the tick that send() has asked for; the turn's gathered writes are out by now, being an older tick. */
  answer() {
    if (this.#outcome === undefined) this.#scope = new AsyncResource('WRITEWRAP');
    else this.#callback(this.#outcome);
  }
}

function answer(receipt) {
  receipt.answer();
}

module.exports = { Receipt };
