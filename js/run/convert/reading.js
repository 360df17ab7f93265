'use strict';
// An output for somebody who is also told how the child has ended: it ends when the child does, and fails when the child does.

const { Reader } = require('../output/reader');
const { isText, normalEncoding } = require('../output/value');
const { outputsFrom } = require('./ends');

class Reading {
  #run;
  #reader;

  constructor(run, { from, binary, preserveNewlines }) {
    this.#run = run;
    const encoding = normalEncoding(run.settings.encoding);
    this.isLines = !binary && isText(encoding);
    this.#reader = new Reader(outputsFrom(run, from), this.isLines ? { encoding, preserveNewlines } : null, () => this.#last());
    run.claim();
    run.flushSoon();
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    return this.#reader.next();
  }

  async #last() {
    const error = await this.#run.failure;
    if (error !== null && this.#run.settings.reject) throw error;
    return { value: undefined, done: true };
  }

  /** Whoever leaves before the end has the child ended, unless somebody else still reads. */
  async return(value) {
    if (this.#reader.leave()) {
      this.#run.left();
      await this.#run.failure;
    }
    return { value, done: true };
  }
}

module.exports = { Reading };
