'use strict';
// Long texts as UTF-8, in memory that is there already: the addon's way to the bytes of a string is slower, and fresh pages cost more than the encoding.

/** Characters from which on it pays. */
const LONG = 4096;
/** Bytes that are kept for the next. */
const KEPT = 2 * 1024 * 1024;

const encoder = new TextEncoder();
let kept = new Uint8Array(0);

/** @returns {Uint8Array} valid until the next call */
function bytesOf(text) {
  const guess = encodeInto(memory(text.length), text);
  return guess ?? encodeInto(memory(Buffer.byteLength(text)), text);
}

/** null: there is not enough room, because it is not all ASCII. */
function encodeInto(bytes, text) {
  const { read, written } = encoder.encodeInto(text, bytes);
  return read < text.length ? null : bytes.subarray(0, written);
}

function memory(length) {
  if (length <= kept.length) return kept;
  const bytes = new Uint8Array(Math.max(length, Math.min(2 * kept.length, KEPT)));
  if (length <= KEPT) kept = bytes;
  return bytes;
}

module.exports = { LONG, bytesOf };
