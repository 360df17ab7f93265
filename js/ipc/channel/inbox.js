'use strict';
// Messages that came in: emitted to listeners, pulled by iterators, and held until there is one of either.

/** Around each held message, for its bytes in the count. */
class Held {
  next = null;

  constructor(message, handle, size) {
    this.message = message;
    this.handle = handle;
    this.size = size;
  }
}

class Inbox {
  #channel;
  #onChange;
  #first = null;
  #last = null;
  /** About as many bytes as were received for what is held. */
  #heldBytes = 0;
  #listeners = 0;
  /** Iterators that are open, and those of them that wait for a message. */
  #iterators = 0;
  #hungry = [];
  #isClosed = false;
  #error = null;
  #isDraining = false;

  /**
   * @param {import('node:events').EventEmitter} channel
   * @param {() => void} onChange whether there is somebody, or room, has changed
   */
  constructor(channel, onChange) {
    this.#channel = channel;
    this.#onChange = onChange;
  }

  /** Whether anybody wants messages. */
  get isWanted() {
    return this.#listeners > 0 || this.#iterators > 0;
  }

  get heldBytes() {
    return this.#heldBytes;
  }

  get isEmpty() {
    return this.#first === null;
  }

  /** @param {number} size about its bytes */
  push(message, handle, size) {
    // While what was held for listeners is on its way to them, the rest waits behind it.
    const isHeard = this.#listeners > 0 && !this.#isDraining;
    if (this.#hungry.length > 0) this.#hungry.shift().resolve({ value: new Received(message, handle), done: false });
    else if (this.#iterators > 0 || !isHeard) this.#hold(message, handle, size);
    if (isHeard) this.#channel.emit('message', message, handle);
  }

  #hold(message, handle, size) {
    const held = new Held(message, handle, size);
    if (this.#last === null) this.#first = held;
    else this.#last.next = held;
    this.#last = held;
    this.#heldBytes += size;
    this.#onChange();
  }

  #shift() {
    const held = this.#first;
    this.#first = held.next;
    if (held.next === null) this.#last = null;
    this.#heldBytes -= held.size;
    return held;
  }

  /** A listener for messages came or went. It is there only when this turn goes on. */
  listenersChanged(count) {
    this.#listeners = count;
    if (count > 0 && this.#first !== null && this.#iterators === 0 && !this.#isDraining) {
      this.#isDraining = true;
      process.nextTick(drainHeld, this);
    }
    this.#onChange();
  }

  /** A tick may throw: the rest comes in the next. */
  drainHeld() {
    try {
      while (this.#first !== null && this.#listeners > 0 && this.#iterators === 0) {
        const { message, handle } = this.#shift();
        this.#channel.emit('message', message, handle);
      }
      this.#isDraining = false;
    } finally {
      if (this.#isDraining) process.nextTick(drainHeld, this);
    }
    this.#onChange();
  }

  /** @returns {AsyncIterator<Received>} */
  iterate() {
    return new Messages(this);
  }

  enter() {
    this.#iterators++;
    this.#onChange();
  }

  leave(iterator) {
    this.#iterators--;
    this.#hungry = this.#hungry.filter((one) => {
      if (one.iterator !== iterator) return true;
      one.resolve({ value: undefined, done: true });
      return false;
    });
    // Listeners have heard these already.
    while (this.#iterators === 0 && this.#listeners > 0 && this.#first !== null) this.#shift();
    this.#onChange();
  }

  /** What is held, or what comes next. */
  take(iterator) {
    if (this.#first !== null) {
      const { message, handle } = this.#shift();
      this.#onChange();
      return Promise.resolve({ value: new Received(message, handle), done: false });
    }
    if (this.#isClosed) {
      return this.#error === null ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(this.#error);
    }
    return new Promise((resolve, reject) => this.#hungry.push({ iterator, resolve, reject }));
  }

  /** @param {Error | null} error that those who still wait for messages get */
  close(error) {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#error = error;
    for (const { resolve, reject } of this.#hungry.splice(0)) {
      if (error === null) resolve({ value: undefined, done: true });
      else reject(error);
    }
  }

  /** What nobody has taken has descriptors that nobody will close. */
  *abandonedHandles() {
    for (let held = this.#first; held !== null; held = held.next) if (held.handle !== undefined) yield held.handle;
  }
}

/** A message with what came along. */
class Received {
  constructor(message, handle) {
    this.message = message;
    this.handle = handle;
  }
}

function drainHeld(inbox) {
  inbox.drainHeld();
}

/** One loop over the messages. While the loop's body runs, no more is taken in than the channel's bound. */
class Messages {
  #inbox;
  #isOpen = true;

  constructor(inbox) {
    this.#inbox = inbox;
    inbox.enter();
  }

  async next() {
    if (!this.#isOpen) return { value: undefined, done: true };
    try {
      const result = await this.#inbox.take(this);
      if (result.done) this.#close();
      return result;
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  return(value) {
    this.#close();
    return Promise.resolve({ value, done: true });
  }

  #close() {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#inbox.leave(this);
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

module.exports = { Inbox };
