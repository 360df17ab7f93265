'use strict';
// Messages that came in, on their way to the child's listeners.
//
// Every message is emitted from process.nextTick, as in Node, but all those of a read from one tick: a listener that throws ends that
// tick, and the messages after it go on in the next. Until there is a 'message' listener, messages are held.

/** Something to emit that is more than a plain message. */
class Delivery {
  constructor(event, message, handle) {
    this.event = event;
    this.message = message;
    this.handle = handle;
  }
}

/** Not a message at all: the end of what can be understood. */
class Unreadable {
  constructor(error) {
    this.error = error;
  }
}

class Inbox {
  #target;
  #onInternal;
  #onUnreadable;
  #queue = [];
  #next = 0;
  #scheduled = false;
  #held = [];
  #holds = true;

  /**
   * @param {import('node:events').EventEmitter} target
   * @param {(message: object, handle: object | undefined) => void} onInternal comes before the listeners of 'internalMessage'
   * @param {(error: Error) => void} onUnreadable
   */
  constructor(target, onInternal, onUnreadable) {
    this.#target = target;
    this.#onInternal = onInternal;
    this.#onUnreadable = onUnreadable;
    target.on('newListener', () => {
      // The listener is there only after this event.
      if (this.#held.length > 0) process.nextTick(drainHeld, this);
    });
  }

  get isEmpty() {
    return this.#next === this.#queue.length;
  }

  /** @param {unknown | Delivery | Unreadable} item */
  push(item) {
    this.#queue.push(item);
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(drain, this);
  }

  /** The channel is gone: whoever was not listening by now has missed it. */
  stopHolding() {
    this.#held = [];
    this.#holds = false;
  }

  drain() {
    try {
      while (!this.isEmpty) this.#deliver(this.#queue[this.#next++]);
    } finally {
      if (this.isEmpty) {
        this.#queue = [];
        this.#next = 0;
        this.#scheduled = false;
      } else {
        process.nextTick(drain, this);
      }
    }
  }

  drainHeld() {
    try {
      while (this.#canEmitHeld()) {
        const { message, handle } = this.#held.shift();
        this.#target.emit('message', message, handle);
      }
    } finally {
      if (this.#canEmitHeld()) process.nextTick(drainHeld, this);
    }
  }

  #deliver(item) {
    if (item instanceof Unreadable) {
      this.#onUnreadable(item.error);
    } else if (!(item instanceof Delivery)) {
      this.#emitMessage(item, undefined);
    } else if (item.event === 'message') {
      this.#emitMessage(item.message, item.handle);
    } else {
      this.#onInternal(item.message, item.handle);
      this.#target.emit('internalMessage', item.message, item.handle);
    }
  }

  #emitMessage(message, handle) {
    if (this.#held.length === 0 && this.#canEmit()) {
      this.#target.emit('message', message, handle);
    } else if (this.#holds) {
      this.#held.push({ message, handle });
      this.drainHeld();
    }
  }

  #canEmit() {
    return this.#target.listenerCount('message') > 0;
  }

  #canEmitHeld() {
    return this.#held.length > 0 && this.#canEmit();
  }
}

function drain(inbox) {
  inbox.drain();
}

function drainHeld(inbox) {
  inbox.drainHeld();
}

module.exports = { Inbox, Delivery, Unreadable };
