'use strict';
// The input of runSync(): all of it, before the start.

const { readFileSync } = require('fs');
const { types } = require('util');
const errors = require('../../errors');

/** @returns {Uint8Array | null} null: none, the child reads an end at once */
function wholeInput(targets) {
  const parts = [];
  for (const target of targets) addParts(target, parts);
  if (parts.length === 0) return null;
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

function addParts({ kind, value }, parts) {
  switch (kind) {
    case 'string':
      parts.push(Buffer.from(value));
      break;
    case 'bytes':
      parts.push(value);
      break;
    case 'iterable':
      for (const part of value) parts.push(bytesOf(part));
      break;
    case 'file':
    case 'fd':
      parts.push(readFileSync(value));
      break;
    case 'inherit':
      parts.push(readFileSync(0));
      break;
  }
}

function bytesOf(part) {
  if (typeof part === 'string') return Buffer.from(part);
  if (types.isArrayBufferView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  throw new errors.codes.ERR_INVALID_ARG_TYPE('options.input', ['string', 'Uint8Array'], part);
}

module.exports = { wholeInput };
