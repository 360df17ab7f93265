'use strict';
// move(): a result whose memory is given away instead of copied.

/** By this, copies of this package know each other's: see ./outgoing. */
const MOVED = Symbol.for('@x/procs.moved');

class Moved {
  constructor(value, transfer) {
    this.value = value;
    this[MOVED] = transfer;
  }
}

/**
 * @param {unknown} value
 * @param {Iterable<ArrayBuffer>} [transfer] left out: the ArrayBuffer that the value is, or is a view on
 */
function move(value, transfer) {
  return new Moved(value, transfer === undefined ? [memoryOf(value)] : [...transfer]);
}

function memoryOf(value) {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  if (buffer instanceof ArrayBuffer || require('node:util').types.isArrayBuffer(buffer)) return buffer;
  const { codes } = require('../errors');
  throw new codes.ERR_INVALID_ARG_TYPE('value', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
}

module.exports = { move };
