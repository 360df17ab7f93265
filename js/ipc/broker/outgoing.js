'use strict';
// From values to frames on their way to the broker, in the order of the calls.

const { encode, segmentMarks } = require('../values');
const { brokerError } = require('./errors');
const { lineOf } = require('./frames');

class Outgoing {
  #outbox;
  /** Bytes of a frame that the broker takes. */
  maxFrame = Infinity;

  constructor(outbox) {
    this.#outbox = outbox;
  }

  /**
   * @param {string} head kind and id
   * @param {string} target topic or name, or ''
   * @throws what is wrong with the value; nothing is sent then
   * @returns {Promise<void> | undefined} a promise where it has to wait for something (the bytes of a Blob)
   */
  send(head, target, value) {
    const encoded = encode(value);
    if (typeof encoded !== 'string') return this.#sendEncoded(head, target, encoded);
    const line = lineOf(head, false, target, '', encoded);
    this.#check(line, 0);
    this.#outbox.post(line);
    return undefined;
  }

  /** A frame without a value. */
  bare(head, target = '') {
    this.#outbox.post(lineOf(head, false, target, '', ''));
  }

  /** When it is with the kernel. */
  get receipt() {
    return this.#outbox.receipt;
  }

  #sendEncoded(head, target, { json, segments, pending, descriptors }) {
    if (descriptors.length > 0) throw new DOMException('What has a descriptor cannot be sent through a broker', 'DataCloneError');
    const bytes = segments.reduce((sum, { length }) => sum + length, 0);
    const line = lineOf(head, true, target, segmentMarks(segments), json);
    this.#check(line, bytes);
    const outbox = this.#outbox;
    if (segments.length === 0) {
      outbox.post(line);
    } else if (pending === null && !outbox.isHeld) {
      outbox.postParts(line, blocksOf(segments), null);
    } else {
      return this.#later(line, segments, pending);
    }
    return undefined;
  }

  #later(line, segments, pending) {
    // What is sent later must not be changed meanwhile. Of a Blob's bytes nobody else has any.
    const kept = pending === null ? blocksOf(segments).map((bytes) => bytes.slice()) : null;
    const outbox = this.#outbox;
    return new Promise((resolve, reject) => {
      outbox.defer(pending, (error) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        if (outbox.failure === null) outbox.postParts(line, kept ?? blocksOf(segments), null);
        resolve(outbox.receipt);
      });
    });
  }

  /** What is too long for the broker would end the connection. */
  #check(line, bytes) {
    // A UTF-16 unit is 3 bytes at most.
    if (line.length * 3 + bytes <= this.maxFrame) return;
    const length = Buffer.byteLength(line) + bytes;
    if (length <= this.maxFrame) return;
    throw brokerError('ERR_PROCS_IPC_TOO_LARGE', `The message takes ${length} bytes, and the broker takes ${this.maxFrame} at most`);
  }
}

function blocksOf(segments) {
  return segments.map(({ bytes }) => bytes);
}

module.exports = { Outgoing };
