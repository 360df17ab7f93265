'use strict';
// `child.channel`: whether the channel keeps the event loop alive.

const { EventEmitter } = require('node:events');
const { major } = require('../node-version');

/** Up to Node 22 the end of the last pending write was told by an 'unref' event. */
const TELLS_UNREF = major < 24;

class Control extends EventEmitter {
  #channel;
  #refs = 0;
  #refExplicitlySet = false;

  constructor(channel) {
    super();
    this.#channel = channel;
  }

  // Counted by writes in flight, until the user has said what he wants.
  refCounted() {
    if (++this.#refs === 1 && !this.#refExplicitlySet) this.#channel.ref();
  }

  unrefCounted() {
    if (--this.#refs === 0 && !this.#refExplicitlySet) {
      this.#channel.unref();
      if (TELLS_UNREF) this.emit('unref');
    }
  }

  ref() {
    this.#refExplicitlySet = true;
    this.#channel.ref();
  }

  unref() {
    this.#refExplicitlySet = true;
    this.#channel.unref();
  }

  get fd() {
    return this.#channel.fd;
  }

  /** Not Node's: 'ring' or 'socket', what messages go through right now. */
  get transport() {
    return this.#channel.transport();
  }
}

module.exports = { Control };
