'use strict';
// A subscription: messages go to its listener, or wait, within a bound, for whoever iterates it.

const { overflowed } = require('./errors');

class Subscription {
  #link;
  #listener;
  #maxQueued;
  #overflow;
  #ready;
  /** Deliveries that wait from #next on, and iterators' calls that wait for one. At most one of both has something. */
  #queue = [];
  #next = 0;
  #hungry = [];
  #iterators = 0;
  #isOver = false;
  #error = null;
  #dropped = 0;

  /**
   * @param {object} link see link.js
   * @param {{ maxQueued: number, overflow: string }} options
   */
  constructor(link, id, pattern, listener, { maxQueued, overflow }) {
    this.#link = link;
    this.#listener = listener;
    this.#maxQueued = maxQueued;
    this.#overflow = overflow;
    /** @internal */
    this.id = id;
    this.pattern = pattern;
    /** @internal */
    this.levels = pattern.split('.');
  }

  /** Resolves when the broker has it. */
  get ready() {
    return this.#ready;
  }

  /** @internal */
  awaits(ready) {
    this.#ready = ready;
    // Who does not ask hears of it by the iteration, or by the client's 'close'.
    ready.catch((error) => this.end(error));
  }

  /** Messages that were dropped here, since nobody had taken those before in time. */
  get dropped() {
    return this.#dropped;
  }

  get isActive() {
    return !this.#isOver;
  }

  /** @internal Whether somebody waits for messages of it. */
  get isHeard() {
    return !this.#isOver && (this.#listener !== null || this.#iterators > 0);
  }

  unsubscribe() {
    if (this.#isOver) return Promise.resolve();
    this.end(null);
    return this.#link.unsubscribe(this);
  }

  /** @internal */
  deliver(message, topic, isLast) {
    if (this.#isOver) return;
    if (this.#listener === null || this.#iterators > 0) this.#put({ message, topic, isLast });
    if (this.#listener !== null) this.#listener(message, topic, isLast);
  }

  #put(delivery) {
    if (this.#hungry.length > 0) {
      this.#hungry.shift().resolve({ value: delivery, done: false });
      return;
    }
    if (this.#queue.length - this.#next >= this.#maxQueued && !this.#makeRoom()) return;
    this.#queue.push(delivery);
  }

  /** Whether there is room now. */
  #makeRoom() {
    this.#dropped++;
    if (this.#overflow === 'drop-newest') return false;
    if (this.#overflow === 'drop-oldest') {
      this.#shift();
      return true;
    }
    this.end(overflowed(this.#maxQueued));
    this.#link.unsubscribe(this);
    return false;
  }

  #shift() {
    const delivery = this.#queue[this.#next];
    this.#queue[this.#next++] = undefined;
    // Now and then, so that it costs next to nothing each time.
    if (this.#next > 1024 && this.#next * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#next);
      this.#next = 0;
    }
    return delivery;
  }

  /** @internal What waits can still be iterated. */
  end(error) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = error;
    for (const { resolve, reject } of this.#hungry.splice(0)) {
      if (error === null) resolve({ value: undefined, done: true });
      else reject(error);
    }
    this.#link.onActivity();
  }

  #take() {
    if (this.#next < this.#queue.length) return Promise.resolve({ value: this.#shift(), done: false });
    if (!this.#isOver) return new Promise((resolve, reject) => this.#hungry.push({ resolve, reject }));
    return this.#error === null ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(this.#error);
  }

  /** Leaving the loop ends the subscription, unless it has a listener as well. */
  [Symbol.asyncIterator]() {
    let isOpen = true;
    const leave = () => {
      if (!isOpen) return;
      isOpen = false;
      this.#iterators--;
      this.#link.onActivity();
    };
    this.#iterators++;
    this.#link.onActivity();
    return {
      next: async () => {
        if (!isOpen) return { value: undefined, done: true };
        try {
          const result = await this.#take();
          if (result.done) leave();
          return result;
        } catch (error) {
          leave();
          throw error;
        }
      },
      return: async (value) => {
        leave();
        if (this.#listener === null && this.#iterators === 0) await this.unsubscribe();
        return { value, done: true };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}

// Missing in the vm contexts of Node 20, where Jest runs modules.
if (Symbol.asyncDispose) {
  Subscription.prototype[Symbol.asyncDispose] = function () {
    return this.unsubscribe();
  };
}

module.exports = { Subscription };
