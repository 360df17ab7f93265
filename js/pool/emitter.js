'use strict';
// An EventEmitter that knows when somebody begins to listen, and when nobody does any more. once() comes by here too.

const { EventEmitter } = require('node:events');

/** Called with whether anybody listens. */
const LISTENED = Symbol('listened');

class Emitter extends EventEmitter {
  on(name, listener) {
    super.on(name, listener);
    this[LISTENED](true);
    return this;
  }

  addListener(name, listener) {
    return this.on(name, listener);
  }

  prependListener(name, listener) {
    super.prependListener(name, listener);
    this[LISTENED](true);
    return this;
  }

  removeListener(name, listener) {
    super.removeListener(name, listener);
    this[LISTENED](this.eventNames().length > 0);
    return this;
  }

  off(name, listener) {
    return this.removeListener(name, listener);
  }

  removeAllListeners(...names) {
    super.removeAllListeners(...names);
    this[LISTENED](this.eventNames().length > 0);
    return this;
  }
}

module.exports = { Emitter, LISTENED };
