'use strict';
// From a value to what goes on the wire.

const { isFlat, isPlain, isSimple, stringify } = require('./plain');

/** Knows all values there are. Loaded with the first that needs it: most programs send plain ones first, and need not wait for that. */
let encodeAny;

/**
 * @param {unknown} value
 * @param {Iterable<ArrayBuffer>} [transfer] detached here once nothing can fail any more
 * @returns {string | import('./any').Encoded} a string: the JSON, which says it all
 * @throws {DOMException} DataCloneError; or what a getter throws
 */
function encode(value, transfer) {
  let snapshot;
  if (typeof value === 'object' && value !== null && transfer === undefined && isPlain(value)) {
    snapshot = { ...value };
    // Most messages are this, and need nothing else.
    if (isFlat(snapshot)) return stringify(snapshot);
  } else if (transfer === undefined && isSimple(value)) {
    return stringify(value);
  }
  return encodeMore(value, transfer, snapshot);
}

/**
 * The rest of encode(): what is neither flat nor simple.
 * @param {object | undefined} snapshot of the members of an object, where they were read already
 */
function encodeMore(value, transfer, snapshot) {
  if (encodeAny === undefined) prepare();
  return encodeAny(value, transfer, snapshot);
}

/** So that the first value that is not plain need not wait for it, nor comes when there is no descriptor left to load it with. */
function prepare() {
  encodeAny = require('./any').encodeAny;
}

module.exports = { encode, encodeMore, prepare };
