'use strict';
// Memory that can be sent without a copy, and what was received in such memory.

const { types } = require('util');
const { codes } = require('../../errors');
const { validateInteger } = require('../../validate');
const { reactor } = require('../../reactor');

/** What alloc() made of shared memory. V8 will not part with it, or makes a copy and leaves it, by version. */
const allocated = new WeakSet();

/**
 * An ArrayBuffer that can be sent without a copy, through whichever channel it is sent first. Not cleared, as Buffer.allocUnsafe(). Where there is no
 * shared memory, and below 64 KiB, it is an ordinary one.
 * @param {number} size bytes
 * @param {{ alloc(size: number): ArrayBuffer | null }} [wire] of the channel that it is for
 */
function alloc(size, wire) {
  validateInteger(size, 'size', 0, Number.MAX_SAFE_INTEGER);
  const piece = wire === undefined ? reactor().allocPiece(size) : wire.alloc(size);
  if (piece === null) return new ArrayBuffer(size);
  allocated.add(piece);
  return piece;
}

/** Whether it is such memory, and still its owner's. */
function isAllocated(buffer) {
  return allocated.has(buffer) && buffer.byteLength > 0;
}

/**
 * Gives the memory of something received, or of what alloc() made, back at once, instead of when it is collected. It is detached: nothing is left in
 * it, nor in other views of it.
 * @param {ArrayBuffer | ArrayBufferView} value
 * @returns {boolean} false: it is ordinary memory, and nothing has happened
 */
function release(value) {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  // Of whatever realm.
  if (types.isArrayBuffer(buffer)) return reactor().releasePiece(buffer);
  throw new codes.ERR_INVALID_ARG_TYPE('value', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
}

module.exports = { alloc, isAllocated, release };
