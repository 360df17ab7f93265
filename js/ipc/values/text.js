'use strict';
// Long strings beside the JSON: quoting, escaping and decoding them there costs ten times what a copy of their bytes does.

const { bufferFrom, latin1Slice, regExpExec, ucs2Slice } = require('./intrinsics');

/** Compiled for a string of one-byte units this can match nothing, and says so without looking at them. */
const WIDE = /[\u0100-\uffff]/;

/** @returns {'l' | 'u'} of the segment that it would be */
const typeOf = (text) => (regExpExec(WIDE, text) === null ? 'l' : 'u');

const bytesOf = (type, text) => bufferFrom(text, type === 'l' ? 'latin1' : 'utf16le');

/** @param {Uint8Array} bytes */
const textOf = (type, bytes) => (type === 'l' ? latin1Slice(bytes) : ucs2Slice(bytes));

module.exports = { bytesOf, textOf, typeOf };
