'use strict';

/** Output that is kept for the result, by JavaScript. What is past the limit is not. */
class Kept {
  #limit;
  #chunks = [];
  #bytes = 0;
  isCut = false;

  constructor(limit) {
    this.#limit = limit;
  }

  /** @returns {Buffer} as much of `chunk` as is kept: less than all of it when this goes over the limit */
  take(chunk) {
    const room = this.#limit - this.#bytes;
    const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
    if (part !== chunk) this.isCut = true;
    this.#bytes += part.length;
    if (part.length > 0) this.#chunks.push(part);
    return part;
  }

  bytes() {
    return this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#bytes);
  }
}

module.exports = { Kept };
