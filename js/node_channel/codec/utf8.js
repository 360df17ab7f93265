'use strict';
// Long texts as UTF-8, in memory that is there already: fresh pages for a megabyte cost more than the encoding.

const KEPT = 2 * 1024 * 1024;
const NEWLINE = 0x0a;

const encoder = new TextEncoder();
let kept = new Uint8Array(0);

/**
 * @param {string} lines whole lines, or none
 * @param {string} long one more, without its newline, or ''
 * @returns {Uint8Array} valid until the next call
 */
function encodeLines(lines, long) {
  const guess = memory(lines.length + long.length + 1);
  return encodeInto(guess, lines, long) ?? encodeInto(memory(Buffer.byteLength(lines) + Buffer.byteLength(long) + 1), lines, long);
}

/** Returns null where there is not enough room, because it is not all ASCII. */
function encodeInto(bytes, lines, long) {
  const first = encoder.encodeInto(lines, bytes);
  if (first.read < lines.length) return null;
  if (long === '') return bytes.subarray(0, first.written);
  const second = encoder.encodeInto(long, bytes.subarray(first.written));
  const end = first.written + second.written;
  if (second.read < long.length || end === bytes.length) return null;
  bytes[end] = NEWLINE;
  return bytes.subarray(0, end + 1);
}

function memory(length) {
  if (length <= kept.length) return kept;
  const bytes = new Uint8Array(Math.max(length, Math.min(2 * kept.length, KEPT)));
  if (length <= KEPT) kept = bytes;
  return bytes;
}

module.exports = { encodeLines };
