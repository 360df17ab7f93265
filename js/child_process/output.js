'use strict';

const errors = require('../errors');

/** What exec() and execFile() keep of one of the child's streams. */
class Output {
  #name;
  #stream;
  #encoding;
  #maxBuffer;
  #overflow;
  #chunks = [];
  #bytes = 0;

  /**
   * @param {string | null} encoding null: Buffers
   * @param {number} maxBuffer bytes to keep
   * @param {(error: Error) => void} overflow called when there is more
   */
  constructor(name, stream, encoding, maxBuffer, overflow) {
    this.#name = name;
    this.#stream = stream;
    this.#encoding = encoding;
    this.#maxBuffer = maxBuffer;
    this.#overflow = overflow;
  }

  collect() {
    if (!this.#stream) return;
    if (this.#encoding) this.#stream.setEncoding(this.#encoding);
    this.#stream.on('data', (chunk) => this.#keep(chunk));
  }

  #keep(chunk) {
    if (this.#maxBuffer === Infinity) {
      this.#chunks.push(chunk);
      return;
    }
    // Asked each time: the caller may have set another encoding on the stream by now.
    const encoding = this.#stream.readableEncoding;
    const length = encoding ? Buffer.byteLength(chunk, encoding) : chunk.length;
    const room = this.#maxBuffer - this.#bytes;
    this.#bytes += length;
    if (length > room) {
      this.#chunks.push(chunk.slice(0, room));
      this.#overflow(new errors.codes.ERR_CHILD_PROCESS_STDIO_MAXBUFFER(this.#name));
    } else {
      this.#chunks.push(chunk);
    }
  }

  /** All of it, as the type the stream gave it in. */
  take() {
    const asText = this.#encoding || this.#stream?.readableEncoding;
    return asText ? this.#chunks.join('') : Buffer.concat(this.#chunks);
  }

  destroy() {
    if (this.#stream) this.#stream.destroy();
  }
}

module.exports = { Output };
