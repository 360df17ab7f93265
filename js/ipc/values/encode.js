'use strict';
// From a value to what goes on the wire.

const { isFlat, isPlain, isSimple, stringify } = require('./plain');

/** Knows all values there are. Loaded with the first that needs it: most programs send plain ones first, and need not wait for that. */
let encodeAny;

/**
 * @param {unknown} value
 * @param {Iterable<ArrayBuffer>} [transfer] detached here once nothing can fail any more
 * @param {object} [known] a snapshot of the members of an object, which is plain and not flat
 * @returns {string | import('./any').Encoded} a string: the JSON, which says it all
 * @throws {DOMException} DataCloneError; or what a getter throws
 */
function encode(value, transfer, known) {
  let snapshot = known;
  if (known !== undefined) {
    // Its members are not read a second time.
  } else if (typeof value === 'object' && value !== null && transfer === undefined && isPlain(value)) {
    snapshot = { ...value };
    // Most messages are this, and need nothing else.
    if (isFlat(snapshot)) return stringify(snapshot);
  } else if (transfer === undefined && isSimple(value)) {
    return stringify(value);
  }
  if (encodeAny === undefined) prepare();
  return encodeAny(value, transfer, snapshot);
}

/** So that the first value that is not plain need not wait for it, nor comes when there is no descriptor left to load it with. */
function prepare() {
  encodeAny = require('./any').encodeAny;
}

module.exports = { encode, prepare };
