'use strict';
// From a value to what goes on the wire.

const { LONG_TEXT } = require('./limits');
const { isFlat, isPlain, stringify } = require('./plain');

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
  if (encodeAny === undefined) prepare();
  return encodeAny(value, transfer, snapshot);
}

/** What is no object, and stands in JSON for itself. Loops over members spell it out: by a call, a thousand integers take a sixth longer. */
function isSimple(value) {
  if (typeof value === 'number') return value === 0 ? 1 / value > 0 : value - value === 0;
  if (typeof value === 'string') return value.length < LONG_TEXT;
  return value === null || typeof value === 'boolean';
}

/** So that the first value that is not plain need not wait for it, nor comes when there is no descriptor left to load it with. */
function prepare() {
  encodeAny = require('./any').encodeAny;
}

module.exports = { encode, prepare };
