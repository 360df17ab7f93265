'use strict';
// An answer that is a stream, as the handler gives it: an async iterable, a Readable, or a web ReadableStream. Nothing is asked of it that
// the requester has not allowed.

const { iteratorResult } = require('../../iterator-result');
const { FIRST_WINDOW } = require('./frame');

/** Whether it is to be sent item by item. */
function isStream(value) {
  if (value === null || typeof value !== 'object') return false;
  return typeof value[Symbol.asyncIterator] === 'function' || typeof value.getReader === 'function';
}

class OutgoingStream {
  #iterator;
  /** What may still be sent. */
  #allowed = FIRST_WINDOW;
  #resume = null;
  #isStopped = false;
  #send;

  /**
   * @param {object} source see isStream()
   * @param {{ item(value: unknown): Promise<void> | undefined, done(value: unknown): void, failed(error: unknown): void }} send item: answers
   *   with a promise where what was sent before has to go out first
   */
  constructor(source, send) {
    this.#send = send;
    this.#iterator = typeof source[Symbol.asyncIterator] === 'function' ? source[Symbol.asyncIterator]() : readerOf(source);
    this.#run();
  }

  /** @param {number} items that may be sent beyond those that may be sent already */
  allow(items) {
    this.#allowed += items;
    this.#wake();
  }

  /** Nobody wants more. The generator's `finally` runs. */
  stop() {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#wake();
    try {
      // There is nobody to be told that cleaning up has failed, but who wrote the generator.
      this.#iterator.return?.()?.then?.(undefined, throwLater);
    } catch (error) {
      throwLater(error);
    }
  }

  async #run() {
    try {
      while (!this.#isStopped) {
        if (this.#allowed === 0) await this.#room();
        if (this.#isStopped) return;
        const result = await this.#iterator.next();
        if (this.#isStopped) return;
        const { value, done } = iteratorResult(result);
        if (done) {
          this.#isStopped = true;
          this.#send.done(value);
          return;
        }
        this.#allowed--;
        const sent = this.#send.item(value);
        if (sent !== undefined) await sent;
      }
    } catch (error) {
      if (this.#isStopped) return; // by an abort, most likely
      this.stop();
      this.#send.failed(error);
    }
  }

  #room() {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  #wake() {
    this.#resume?.();
    this.#resume = null;
  }
}

function throwLater(error) {
  process.nextTick(() => {
    throw error;
  });
}

/** Web streams of other realms and polyfills, which may not be iterable. */
function readerOf(stream) {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    return: async () => {
      await reader.cancel();
      reader.releaseLock();
      return { value: undefined, done: true };
    },
  };
}

module.exports = { OutgoingStream, isStream };
