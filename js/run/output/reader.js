'use strict';
// Reads outputs of the child for somebody, in pieces (chunks or lines), no faster than they are asked for.

const { lineSplitter } = require('../lines');

/** Bytes that may wait for whoever asks: enough for the next chunk to be on its way while this one is worked on. */
const HIGH_WATER = 128 * 1024;

const NOTHING = Object.freeze([]);

function done() {
  return { value: undefined, done: true };
}

class Reader {
  #sources;
  #splitters;
  #batch = NOTHING;
  #at = 0;
  #batchBytes = 0;
  #queue = [];
  #bytes = 0;
  #waiting = [];
  #open;
  #isHoldingBack = false;
  #atEnd;

  /**
   * Reads from now on: nothing is lost before the first next().
   * @param {import('./output').Output[]} outputs
   * @param {{ encoding: string, preserveNewlines: boolean } | null} lines null: chunks as they come
   * @param {() => any} atEnd gives the last answer of next(), or a promise of it
   */
  constructor(outputs, lines, atEnd = done) {
    this.#sources = outputs;
    this.#atEnd = atEnd;
    // One for each, so that halves of lines of two outputs do not become one.
    this.#splitters = lines === null ? null : outputs.map(() => lineSplitter(lines.encoding, lines.preserveNewlines));
    this.#open = outputs.length;
    for (const output of outputs) output.attach(this);
  }

  // As a tap of the outputs.

  take(chunk, from) {
    const items = this.#splitters === null ? [chunk] : this.#splitters[this.#sources.indexOf(from)].take(chunk);
    if (items.length > 0) this.#add(items, chunk.length);
    this.#isHoldingBack = this.#bytes >= HIGH_WATER;
    return !this.#isHoldingBack;
  }

  #add(items, bytes) {
    this.#queue.push({ items, bytes });
    this.#bytes += bytes;
    while (this.#waiting.length > 0 && this.#hasMore()) this.#waiting.shift()({ value: this.#batch[this.#at++], done: false });
  }

  end(from) {
    if (this.#splitters !== null) {
      const items = this.#splitters[this.#sources.indexOf(from)].end();
      if (items.length > 0) this.#add(items, 0);
    }
    this.#open--;
    if (this.#open === 0) this.#finish();
  }

  #finish() {
    for (const resolve of this.#waiting.splice(0)) resolve(this.#atEnd());
  }

  // As an iterator.

  /** @returns {Promise<{ value: any, done: boolean }>} */
  next() {
    if (this.#at < this.#batch.length || this.#hasMore()) return Promise.resolve({ value: this.#batch[this.#at++], done: false });
    if (this.#open === 0) return Promise.resolve(this.#atEnd());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Goes on to the next batch when this one is used up. */
  #hasMore() {
    if (this.#at < this.#batch.length) return true;
    const next = this.#queue.shift();
    this.#bytes -= this.#batchBytes;
    this.#batchBytes = 0;
    this.#batch = NOTHING;
    this.#at = 0;
    if (next !== undefined) {
      this.#batch = next.items;
      this.#batchBytes = next.bytes;
    }
    if (this.#isHoldingBack && this.#bytes < HIGH_WATER) {
      this.#isHoldingBack = false;
      for (const output of this.#sources) output.release(this);
    }
    return next !== undefined;
  }

  /** @returns {boolean} whether something was still to come that nobody else reads */
  leave() {
    const wasOpen = this.#open > 0;
    for (const output of this.#sources) output.detach(this);
    this.#open = 0;
    this.#queue = [];
    this.#batch = NOTHING;
    this.#at = 0;
    this.#atEnd = done;
    this.#finish();
    return wasOpen && !this.#sources.some((output) => output.isRead);
  }
}

module.exports = { Reader };
