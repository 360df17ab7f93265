'use strict';
// Reads the values that most messages are made of from V8's structured clone form, without a Deserializer object per message. Whatever is
// anything else is left to that one, and so is broken input, since it knows the errors.

const { TAG, VERSION } = require('./plain_form');

const TOO_HARD = Symbol('too hard');
const LONGEST_MESSAGE = 4096;
const DEEPEST = 32;

/** Keys, and values like them, come again: one string for all of them, and no call into C++ to make it. */
const LONGEST_KNOWN = 24;
const KNOWN = 1024;
const known = new Array(KNOWN).fill('');

const float64 = new Float64Array(1);
const float64Bytes = new Uint8Array(float64.buffer);

// The state of the one read under way.
const NOTHING = Buffer.alloc(0);
let bytes = NOTHING;
let at = 0;
let end = 0;
let depth = 0;

/** Returns the value in buffer[from..to), or TOO_HARD where it takes a Deserializer. */
function readPlain(buffer, from, to) {
  if (to - from > LONGEST_MESSAGE || buffer[from] !== TAG.version || buffer[from + 1] !== VERSION) return TOO_HARD;
  bytes = buffer;
  at = from + 2;
  end = to;
  depth = 0;
  const value = readValue();
  bytes = NOTHING;
  return at === end ? value : TOO_HARD;
}

/** Reading past the end gives `undefined` or some byte of the next message; either way `at` is then beyond `end`, and all is discarded. */
function readValue() {
  switch (bytes[at++]) {
    case TAG.oneByteString:
      return readString();
    case TAG.int32:
      return readInt32();
    case TAG.double:
      return readDouble();
    case TAG.object:
      return readObject();
    case TAG.denseArray:
      return readArray();
    case TAG.true:
      return true;
    case TAG.false:
      return false;
    case TAG.null:
      return null;
    case TAG.undefined:
      return undefined;
    default:
      return TOO_HARD;
  }
}

function readString() {
  const length = readVarint();
  const from = at;
  at += length;
  if (at > end) return TOO_HARD;
  return length > LONGEST_KNOWN ? bytes.latin1Slice(from, at) : readKnown(from, length);
}

function readKnown(from, length) {
  let hash = length;
  for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + bytes[from + i]) | 0;
  const place = hash & (KNOWN - 1);
  const candidate = known[place];
  if (candidate.length === length) {
    let i = 0;
    while (i < length && candidate.charCodeAt(i) === bytes[from + i]) i++;
    if (i === length) return candidate;
  }
  const string = bytes.latin1Slice(from, from + length);
  known[place] = string;
  return string;
}

function readInt32() {
  const zigzag = readVarint();
  return (zigzag >>> 1) ^ -(zigzag & 1);
}

/** Up to 32 bits. Anything longer is none that a peer writes, and turns out as a wrong length or end. */
function readVarint() {
  let byte = bytes[at++];
  let number = byte & 0x7f;
  for (let shift = 7; byte > 0x7f; shift += 7) {
    if (shift > 28 || at >= end) {
      at = end + 1;
      return 0;
    }
    byte = bytes[at++];
    number |= (byte & 0x7f) << shift;
  }
  return number >>> 0;
}

function readDouble() {
  for (let i = 0; i < 8; i++) float64Bytes[i] = bytes[at + i];
  at += 8;
  return float64[0];
}

function readObject() {
  if (++depth > DEEPEST) return TOO_HARD;
  const object = {};
  let count = 0;
  while (at < end && bytes[at] !== TAG.endOfObject) {
    if (bytes[at++] !== TAG.oneByteString) return TOO_HARD;
    const key = readString();
    // There already, or on Object.prototype, where an assignment may be more than that.
    if (key === TOO_HARD || key in object) return TOO_HARD;
    const value = readValue();
    if (value === TOO_HARD) return TOO_HARD;
    object[key] = value;
    count++;
  }
  at++;
  depth--;
  return readVarint() === count ? object : TOO_HARD;
}

function readArray() {
  if (++depth > DEEPEST) return TOO_HARD;
  const length = readVarint();
  // Every value takes a byte at least.
  if (length > end - at) return TOO_HARD;
  const array = [];
  for (let i = 0; i < length; i++) {
    const value = readValue();
    if (value === TOO_HARD) return TOO_HARD;
    array.push(value);
  }
  depth--;
  if (bytes[at++] !== TAG.endOfDenseArray) return TOO_HARD;
  return readVarint() === 0 && readVarint() === length ? array : TOO_HARD;
}

module.exports = { readPlain, TOO_HARD };
