'use strict';

const { types } = require('util');
const { lineSplitter } = require('../lines');

/** What a function step reads from: chunks as they come, or lines. */
class Input {
  #source;

  constructor(source) {
    this.#source = source;
  }

  /** Who stops early leaves the stream as it is, for it is not a failure of the stream. The step then lets go of it, see transform.js. */
  [Symbol.asyncIterator]() {
    const source = this.#source;
    if (typeof source.iterator === 'function') return source.iterator({ __proto__: null, destroyOnReturn: false });
    return (source[Symbol.asyncIterator] ?? source[Symbol.iterator]).call(source);
  }

  /** Lines of UTF-8 text, without their '\n' or '\r\n'. */
  async *lines() {
    const splitter = lineSplitter('utf8', false);
    for await (const chunk of this) yield* splitter.take(bufferOf(chunk));
    yield* splitter.end();
  }
}

function bufferOf(chunk) {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (Buffer.isBuffer(chunk)) return chunk;
  if (types.isUint8Array(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError('The step before gives neither strings nor bytes: there are no lines in it');
}

module.exports = { Input };
