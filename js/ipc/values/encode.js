'use strict';
// From a value to what goes on the wire.

const { isProxy } = require('node:util').types;
const { genericNodeError } = require('../../errors');
const {
  ArrayPrototype,
  JSONStringify,
  ObjectPrototype,
  defineProperty,
  getPrototypeOf,
  hasOwn,
  isArray,
  valuesOf,
} = require('./intrinsics');
const { LONG_TEXT, MOST_SEGMENTS } = require('./limits');
const { checkTransfer, transferAll } = require('./transfer');
const { Writer } = require('./writer');

/** What JSON alone cannot say. */
class Encoded {
  /**
   * @param {string} json with tags
   * @param {{type: 'b' | 'l' | 'u', bytes: Uint8Array | null, length: number}[]} segments memory of the sender's where it can be: to be written, or copied,
   *   in the turn in which it was encoded
   * @param {Promise<void> | null} pending until then bytes are null: a Blob's are read
   * @param {number[]} descriptors that go with the frame
   * @param {object[]} owners which keep these open
   */
  constructor(json, segments, pending, descriptors, owners) {
    this.json = json;
    this.segments = segments;
    this.pending = pending;
    this.descriptors = descriptors;
    this.owners = owners;
  }
}

/**
 * @param {unknown} value
 * @param {Iterable<ArrayBuffer>} [transfer] detached here once nothing can fail any more
 * @returns {string | Encoded} a string: the JSON, which says it all
 * @throws {DOMException} DataCloneError; or what a getter throws
 */
function encode(value, transfer) {
  let snapshot;
  if (typeof value === 'object' && value !== null && transfer === undefined && isPlain(value)) {
    snapshot = { ...value };
    // Most messages are this, and need nothing else.
    if (isFlat(snapshot)) return stringify(snapshot);
  }
  const list = transfer === undefined ? [] : checkTransfer(transfer);
  const writer = new Writer();
  try {
    writer.write(value, snapshot);
    const json = stringify(writer.finish(() => transferAll(list)));
    return writer.tagged ? encoded(json, writer) : json;
  } finally {
    writer.end();
  }
}

function encoded(json, writer) {
  const { list, pending } = writer.segments();
  if (list.length > MOST_SEGMENTS) throw tooLarge(`it needs ${list.length} segments`);
  return new Encoded(json, list, pending, writer.descriptors, writer.owners);
}

/** Nothing but a Proxy can answer by code of the user's: so that is asked first. */
const isPlain = (value) => !isProxy(value) && !isArray(value) && getPrototypeOf(value) === ObjectPrototype;

/** Whether there is something in it, and nothing that needs a second look. */
function isFlat(snapshot) {
  let empty = true;
  for (const key in snapshot) {
    // It may be that of arguments.
    if (key === '0') return false;
    const value = snapshot[key];
    if (typeof value === 'string') {
      if (value.length >= LONG_TEXT) return false;
    } else if (typeof value === 'number') {
      if (value === 0 ? 1 / value < 0 : value - value !== 0) return false;
    } else if (value !== null && typeof value !== 'boolean') {
      return false;
    }
    empty = false;
  }
  return !empty;
}

/** @param {unknown} tree which is ours alone */
function stringify(tree) {
  // toJSON of everything there is: not what was asked for.
  if (ObjectPrototype.toJSON !== undefined || ArrayPrototype.toJSON !== undefined) shield(tree);
  try {
    return JSONStringify(tree);
  } catch (error) {
    if (error instanceof RangeError && error.message === 'Invalid string length')
      throw tooLarge('its JSON is longer than a string can be', error);
    throw error;
  }
}

/** Somebody gave all objects or arrays a toJSON: each of the tree gets one of its own, which is none. */
function shield(tree) {
  if (typeof tree !== 'object' || tree === null) return;
  if (!hasOwn(tree, 'toJSON')) defineProperty(tree, 'toJSON', { __proto__: null, value: undefined, enumerable: false });
  const children = valuesOf(tree);
  for (let i = 0; i < children.length; i++) shield(children[i]);
}

function tooLarge(why, cause) {
  return genericNodeError(`The message is too large: ${why}`, { code: 'ERR_PROCS_IPC_TOO_LARGE', cause });
}

module.exports = { Encoded, encode };
