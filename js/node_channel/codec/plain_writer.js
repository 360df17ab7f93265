'use strict';
// Writes the values that most messages are made of in V8's structured clone form. A Serializer object per message costs eight times the
// writing, and every value in it some calls into C++. Whatever is not plain is left to it; the bytes are the same.

const { types } = require('node:util');
const { TAG, VERSION } = require('./plain_form');

const LONGEST_MESSAGE = 4096;
const LONGEST_STRING = 128;
const MOST_OBJECTS = 32;
/** The most that is written without another look at the room that is left, a string's characters aside. */
const SLACK = 16;

const float64 = new Float64Array(1);
const float64Bytes = new Uint8Array(float64.buffer);

// The state of the one write under way: cheaper here than in an object per message.
const bytes = Buffer.allocUnsafeSlow(LONGEST_MESSAGE);
const limit = LONGEST_MESSAGE - SLACK;
let at = 0;
let isBusy = false;
/** A value that is met again would have to become a reference. */
let seen = [];

/**
 * Returns a view of the message, valid until the next call, or null where it takes a Serializer.
 * @param {number} room bytes to leave free in front
 */
function writePlain(message, room) {
  // Called from within: by a getter of the message under way that sends one of its own.
  if (isBusy) return null;
  isBusy = true;
  try {
    bytes[room] = TAG.version;
    bytes[room + 1] = VERSION;
    at = room + 2;
    return writeValue(message) ? bytes.subarray(0, at) : null;
  } finally {
    isBusy = false;
    seen = [];
  }
}

function writeValue(value) {
  if (at > limit) return false;
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      writeNumber(value);
      return true;
    case 'boolean':
      bytes[at++] = value ? TAG.true : TAG.false;
      return true;
    case 'undefined':
      bytes[at++] = TAG.undefined;
      return true;
    case 'object':
      if (value !== null) return writeObject(value);
      bytes[at++] = TAG.null;
      return true;
    default:
      return false;
  }
}

function writeString(string) {
  const { length } = string;
  if (length > LONGEST_STRING || at + length > limit) return false;
  bytes[at++] = TAG.oneByteString;
  writeVarint(length);
  for (let i = 0; i < length; i++) {
    const unit = string.charCodeAt(i);
    if (unit > 0xff) return false;
    bytes[at + i] = unit;
  }
  at += length;
  return true;
}

function writeNumber(number) {
  if ((number | 0) === number && !Object.is(number, -0)) {
    bytes[at++] = TAG.int32;
    writeVarint(((number << 1) ^ (number >> 31)) >>> 0);
  } else {
    bytes[at++] = TAG.double;
    float64[0] = number;
    for (let i = 0; i < 8; i++) bytes[at + i] = float64Bytes[i];
    at += 8;
  }
}

function writeVarint(number) {
  while (number > 0x7f) {
    bytes[at++] = (number & 0x7f) | 0x80;
    number >>>= 7;
  }
  bytes[at++] = number;
}

function writeObject(object) {
  // A Proxy is refused by V8, whatever it stands for.
  if (seen.length === MOST_OBJECTS || seen.includes(object) || types.isProxy(object)) return false;
  seen.push(object);
  const prototype = Object.getPrototypeOf(object);
  if (prototype === Array.prototype) return writeArray(object);
  return prototype === Object.prototype && writeProperties(object);
}

function writeProperties(object) {
  const keys = Object.keys(object);
  bytes[at++] = TAG.object;
  for (const key of keys) {
    if (isIndex(key) || !writeString(key) || !writeValue(object[key])) return false;
  }
  if (at > limit) return false;
  bytes[at++] = TAG.endOfObject;
  writeVarint(keys.length);
  return true;
}

function writeArray(array) {
  const { length } = array;
  // Fewer keys than that: holes. More: properties.
  if (length > LONGEST_MESSAGE || Object.keys(array).length !== length) return false;
  bytes[at++] = TAG.denseArray;
  writeVarint(length);
  for (let i = 0; i < length; i++) {
    const value = array[i];
    if ((value === undefined && !Object.hasOwn(array, i)) || !writeValue(value)) return false;
  }
  if (at > limit) return false;
  bytes[at++] = TAG.endOfDenseArray;
  writeVarint(0);
  writeVarint(length);
  return true;
}

/** Or might be: V8 writes indices as numbers. */
function isIndex(key) {
  const unit = key.charCodeAt(0);
  return unit >= 0x30 && unit <= 0x39;
}

module.exports = { writePlain };
