'use strict';
// Long strings beside the JSON: quoting, escaping and decoding them there costs ten times what a copy of their bytes does.

const { bufferFrom, latin1Slice, regExpExec, ucs2Slice } = require('./intrinsics');

/** Compiled for a string of one-byte units this can match nothing, and says so without looking at them. */
const WIDE = /[\u0100-\uffff]/;

/** @returns {{type: 'l' | 'u', bytes: Uint8Array}} */
function textSegment(text) {
  if (regExpExec(WIDE, text) === null) return { type: 'l', bytes: bufferFrom(text, 'latin1') };
  return { type: 'u', bytes: bufferFrom(text, 'utf16le') };
}

/** @param {Uint8Array} bytes */
const textOf = (type, bytes) => (type === 'l' ? latin1Slice(bytes) : ucs2Slice(bytes));

module.exports = { textOf, textSegment };
