'use strict';
// Values that JSON says as they are, and the text of those that were made such.

const { isProxy } = require('node:util').types;
const { LONG_TEXT } = require('./limits');

// As they were when this was loaded, see ./intrinsics, of which this needs little.
const ArrayPrototype = Array.prototype;
const ObjectPrototype = Object.prototype;
const { defineProperty, getPrototypeOf, hasOwn, values: valuesOf } = Object;
const { isArray } = Array;
const { stringify: JSONStringify } = JSON;

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

/** What is no object, and stands in JSON for itself. Loops over members spell it out: by a call, a thousand integers take a sixth longer. */
function isSimple(value) {
  if (typeof value === 'number') return value === 0 ? 1 / value > 0 : value - value === 0;
  if (typeof value === 'string') return value.length < LONG_TEXT;
  return value === null || typeof value === 'boolean';
}

/** @param {unknown} tree which is ours alone */
function stringify(tree) {
  // toJSON of everything there is: not what was asked for.
  if (ObjectPrototype.toJSON !== undefined || ArrayPrototype.toJSON !== undefined) shield(tree);
  try {
    return JSONStringify(tree);
  } catch (error) {
    if (error instanceof RangeError && error.message === 'Invalid string length') throw tooLong(error);
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

function tooLong(cause) {
  const { genericNodeError } = require('../../errors');
  return genericNodeError('The message is too large: its JSON is longer than a string can be', { code: 'ERR_PROCS_IPC_TOO_LARGE', cause });
}

module.exports = { isFlat, isPlain, isSimple, stringify };
