'use strict';
// The segments of a frame that came in: what is taken of each, and that it is not taken twice, which would let a short frame become a large value.

const { isArrayBuffer } = require('node:util').types;
const {
  arrayBufferByteLength,
  isArray,
  isSafeInteger,
  typedArrayBuffer,
  typedArrayByteLength,
  typedArrayByteOffset,
} = require('./intrinsics');
const { garbage } = require('./garbage');
const { textOf } = require('./text');

class Pieces {
  #segments;
  /** Bytes taken of each; -1: all of it, even where that is none. */
  #taken = [];
  #texts = null;

  /** @param {{type: 'b' | 's' | 'l' | 'u', bytes: Uint8Array | ArrayBuffer | string}[]} segments a string: of 'l', the text itself */
  constructor(segments) {
    this.#segments = segments;
    for (let i = 0; i < segments.length; i++) this.#taken[i] = 0;
  }

  /**
   * @param {unknown} place a number, or [segment, start, length]
   * @returns {ArrayBuffer} the value's own from now on
   */
  take(place) {
    if (isArray(place)) return this.#part(place);
    const bytes = this.#bytes(place);
    if (this.#taken[place] !== 0) throw garbage('bytes of a segment are there twice');
    this.#taken[place] = -1;
    if (isArrayBuffer(bytes)) return bytes;
    const buffer = typedArrayBuffer(bytes);
    const byteOffset = typedArrayByteOffset(bytes);
    const byteLength = typedArrayByteLength(bytes);
    if (byteOffset === 0 && byteLength === arrayBufferByteLength(buffer)) return buffer;
    return copyOf(buffer, byteOffset, byteLength);
  }

  #part(place) {
    const { 0: index, 1: start, 2: length } = place;
    const bytes = this.#bytes(index);
    const size = sizeOf(bytes);
    if (place.length !== 3 || !isCount(start) || !isCount(length) || start + length > size)
      throw garbage('bytes that are not in their segment');
    if (this.#taken[index] === -1 || (this.#taken[index] += length) > size) throw garbage('bytes of a segment are there twice');
    if (isArrayBuffer(bytes)) return copyOf(bytes, start, length);
    return copyOf(typedArrayBuffer(bytes), typedArrayByteOffset(bytes) + start, length);
  }

  #bytes(index) {
    const segment = isCount(index) ? this.#segments[index] : undefined;
    if (segment === undefined || (segment.type !== 'b' && segment.type !== 's')) throw garbage('bytes without a segment');
    return segment.bytes;
  }

  text(index) {
    const segment = isCount(index) ? this.#segments[index] : undefined;
    if (segment === undefined || (segment.type !== 'l' && segment.type !== 'u')) throw garbage('a text without a segment');
    if (typeof segment.bytes === 'string') return segment.bytes;
    if (segment.type === 'u' && sizeOf(segment.bytes) % 2 === 1) throw garbage('half a character at the end of a text');
    this.#texts ??= [];
    this.#texts[index] ??= textOf(segment.type, isArrayBuffer(segment.bytes) ? new Uint8Array(segment.bytes) : segment.bytes);
    return this.#texts[index];
  }
}

/** Not by slice(), which asks the constructor for another. */
const copyOf = (buffer, start, length) => typedArrayBuffer(new Uint8Array(new Uint8Array(buffer, start, length)));

const sizeOf = (bytes) => (isArrayBuffer(bytes) ? arrayBufferByteLength(bytes) : typedArrayByteLength(bytes));

const isCount = (value) => typeof value === 'number' && isSafeInteger(value) && value >= 0;

module.exports = { Pieces, isCount };
