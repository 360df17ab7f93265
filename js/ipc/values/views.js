'use strict';
// ArrayBuffers and what looks into them, through the getters that know the real thing from what says it is one.

const { isDataView } = require('node:util').types;
const intrinsics = require('./intrinsics');
const { dataCloneError, notCloneable } = require('./clone-error');

const VIEW_NAMES = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'DataView',
];

/** By name: constructor and bytes of an item. Float16Array is there from Node 24 on. */
const VIEWS = new Map(
  VIEW_NAMES.filter((name) => typeof globalThis[name] === 'function').map((name) => [
    name,
    { View: globalThis[name], itemSize: globalThis[name].BYTES_PER_ELEMENT ?? 1 },
  ]),
);

/** @returns {{View: Function, itemSize: number} | undefined} */
const viewType = (name) => intrinsics.mapGet(VIEWS, name);

const { arrayBufferByteLength, arrayBufferResizable, arrayBufferMaxByteLength, arrayBufferResize } = intrinsics;

/** @returns {{name: string, buffer: ArrayBufferLike, byteOffset: number, byteLength: number, length: number}} throws where the view is out of bounds */
function lookAt(view) {
  if (isDataView(view)) {
    const buffer = intrinsics.dataViewBuffer(view);
    try {
      const byteLength = intrinsics.dataViewByteLength(view);
      return { name: 'DataView', buffer, byteOffset: intrinsics.dataViewByteOffset(view), byteLength, length: byteLength };
    } catch {
      throw outOfBounds(view, buffer);
    }
  }
  const buffer = intrinsics.typedArrayBuffer(view);
  const byteLength = intrinsics.typedArrayByteLength(view);
  if (byteLength === 0) throwWhereOutOfBounds(view, buffer);
  return {
    name: intrinsics.typedArrayTag(view),
    buffer,
    byteOffset: intrinsics.typedArrayByteOffset(view),
    byteLength,
    length: intrinsics.typedArrayLength(view),
  };
}

/** A typed array out of bounds says that it is empty; only its methods know better. */
function throwWhereOutOfBounds(view, buffer) {
  try {
    // Converting the value comes before the look at the bounds, and each kind wants its own.
    intrinsics.typedArrayFill(view, isBig(view) ? 0n : 0);
  } catch {
    throw outOfBounds(view, buffer);
  }
}

function isBig(view) {
  const name = intrinsics.typedArrayTag(view);
  return name === 'BigInt64Array' || name === 'BigUint64Array';
}

function outOfBounds(view, buffer) {
  return isDetached(buffer) ? detachedError() : notCloneable(view);
}

const detachedError = () => dataCloneError('An ArrayBuffer is detached and could not be cloned.');

function isDetached(buffer) {
  if (arrayBufferByteLength(buffer) !== 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

const maxByteLengthOf = (buffer) => (arrayBufferResizable(buffer) ? arrayBufferMaxByteLength(buffer) : undefined);

/**
 * Whether a view follows its resizable buffer. No getter says so: it is tried on a copy.
 * @param {{byteOffset: number, byteLength: number, buffer: ArrayBuffer, name: string}} seen
 */
function tracksLength(view, seen) {
  if (!arrayBufferResizable(seen.buffer)) return false;
  const { itemSize } = viewType(seen.name);
  const size = arrayBufferByteLength(seen.buffer);
  // One that follows ends less than an item before the end.
  if (size - (seen.byteOffset + seen.byteLength) >= itemSize) return false;
  const copy = intrinsics.structuredClone(view);
  const buffer = seen.name === 'DataView' ? intrinsics.dataViewBuffer(copy) : intrinsics.typedArrayBuffer(copy);
  const max = arrayBufferMaxByteLength(buffer);
  if (max >= seen.byteOffset + seen.byteLength + itemSize) {
    arrayBufferResize(buffer, max);
    return lookAt(copy).byteLength !== seen.byteLength;
  }
  if (seen.byteLength === 0) return true;
  arrayBufferResize(buffer, seen.byteOffset);
  try {
    lookAt(copy);
    return true;
  } catch {
    return false;
  }
}

module.exports = { VIEW_NAMES, detachedError, isDetached, lookAt, maxByteLengthOf, tracksLength, viewType };
