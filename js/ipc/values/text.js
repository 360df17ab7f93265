'use strict';
// Long strings beside the JSON: quoting, escaping and decoding them there costs ten times what a copy of their bytes does.

const { regExpExec } = require('./intrinsics');

/** Compiled for a string of one-byte units this can match nothing, and says so without looking at them. */
const WIDE = /[\u0100-\uffff]/;

/** @returns {{type: 'l' | 'u', bytes: Uint8Array}} */
function textSegment(text) {
  if (regExpExec(WIDE, text) === null) return { type: 'l', bytes: Buffer.from(text, 'latin1') };
  return { type: 'u', bytes: Buffer.from(text, 'utf16le') };
}

/** @param {Uint8Array} bytes */
function textOf(type, bytes) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return type === 'l' ? buffer.latin1Slice() : buffer.ucs2Slice();
}

module.exports = { textOf, textSegment };
