'use strict';
// An answer that is a stream, as the requester iterates it. The answerer sends so many items as were allowed: more are allowed as they are
// consumed, so that a slow loop here slows the generator over there.

const { FIRST_WINDOW } = require('./frame');

/** Consumed items that are told together. */
const TOLD_AT_ONCE = FIRST_WINDOW / 2;

/** What comes in for one stream. */
class IncomingStream {
  #items = [];
  #next = 0;
  #waiting = [];
  #consumed = 0;
  /** Items that may still come. */
  #allowed = FIRST_WINDOW;
  #isOver = false;
  #result;
  #error;
  #hasFailed = false;
  #allow;
  #cancel;

  /**
   * @param {(items: number) => void} allow
   * @param {() => void} cancel nobody wants more
   */
  constructor(allow, cancel) {
    this.#allow = allow;
    this.#cancel = cancel;
  }

  /** @returns {boolean} false: the peer sends more than it may */
  push(item) {
    if (this.#allowed-- === 0) return false;
    if (this.#waiting.length > 0) {
      this.#waiting.shift().resolve({ value: item, done: false });
      this.#count();
    } else {
      this.#items.push(item);
    }
    return true;
  }

  end(result) {
    this.#isOver = true;
    this.#result = result;
    for (const { resolve } of this.#waiting.splice(0)) resolve(this.#last());
  }

  fail(error) {
    this.#isOver = true;
    this.#hasFailed = true;
    this.#error = error;
    const [first, ...others] = this.#waiting.splice(0);
    if (first === undefined) return;
    first.reject(this.#takeError());
    for (const { resolve } of others) resolve(this.#last());
  }

  /** @param {StreamAnswer} answer kept while somebody waits: a `next()` of an answer that nobody holds any more is to be answered all the same */
  next(answer) {
    if (this.#next < this.#items.length) {
      const value = this.#items[this.#next++];
      if (this.#next === this.#items.length) {
        this.#items = [];
        this.#next = 0;
      }
      this.#count();
      return Promise.resolve({ value, done: false });
    }
    if (this.#hasFailed) return Promise.reject(this.#takeError());
    if (this.#isOver) return Promise.resolve(this.#last());
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject, answer }));
  }

  /** What has come and was not asked for is dropped. */
  stop() {
    this.#items = [];
    this.#next = 0;
    this.#hasFailed = false;
    this.#result = undefined;
    if (this.#isOver) return;
    this.end(undefined);
    this.#cancel();
  }

  #count() {
    if (this.#isOver || ++this.#consumed < TOLD_AT_ONCE) return;
    this.#allowed += this.#consumed;
    this.#allow(this.#consumed);
    this.#consumed = 0;
  }

  /** Its value is told once, as a generator does. */
  #last() {
    const value = this.#result;
    this.#result = undefined;
    return { value, done: true };
  }

  #takeError() {
    this.#hasFailed = false;
    return this.#error;
  }
}

/** Those that were dropped without a word: nobody will ask for more. */
const dropped = new FinalizationRegistry((stream) => stream.stop());

/** What the requester has. Apart from the above, which the channel holds, so that it can be seen when nobody has it any more. */
class StreamAnswer {
  #stream;

  /** @param {IncomingStream} stream */
  constructor(stream) {
    this.#stream = stream;
    dropped.register(this, stream, this);
  }

  next() {
    return this.#stream.next(this);
  }

  return(value) {
    dropped.unregister(this);
    this.#stream.stop();
    return Promise.resolve({ value, done: true });
  }

  throw(error) {
    dropped.unregister(this);
    this.#stream.stop();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

if (Symbol.asyncDispose) {
  StreamAnswer.prototype[Symbol.asyncDispose] = async function () {
    await this.return();
  };
}

module.exports = { IncomingStream, StreamAnswer };
