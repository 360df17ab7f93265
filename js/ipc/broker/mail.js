'use strict';
// Messages to this client alone, or to everybody: for the listeners of 'message'. Those that come before there is one wait, within a bound.

/** The oldest go first. */
const HELD = 1000;

class Mail {
  #client;
  #held = [];
  #isDraining = false;

  /** @param {import('node:events').EventEmitter} client */
  constructor(client) {
    this.#client = client;
  }

  push(message, from) {
    if (this.#held.length === 0 && this.#client.listenerCount('message') > 0) {
      this.#client.emit('message', message, from);
      return;
    }
    if (this.#held.length === HELD) this.#held.shift();
    this.#held.push({ message, from });
  }

  /** It is there only when this turn goes on. */
  listenerComes() {
    if (this.#held.length === 0 || this.#isDraining) return;
    this.#isDraining = true;
    process.nextTick(drain, this);
  }

  drain() {
    try {
      while (this.#held.length > 0 && this.#client.listenerCount('message') > 0) {
        const { message, from } = this.#held.shift();
        this.#client.emit('message', message, from);
      }
      this.#isDraining = false;
    } finally {
      // A listener has thrown: the rest comes in the next tick.
      if (this.#isDraining) process.nextTick(drain, this);
    }
  }
}

function drain(mail) {
  mail.drain();
}

module.exports = { Mail };
