'use strict';
// Hexadecimal: its cost grows with the length, that of decimal with the square, here and in other languages.

const { NativeBigInt, bigIntToString, regExpExec, stringSlice } = require('./intrinsics');

const DIGITS = /^-?0x[0-9a-f]+$/;

const bigIntToText = (value) => (value < 0n ? `-0x${bigIntToString(-value, 16)}` : `0x${bigIntToString(value, 16)}`);

/** @returns {bigint | undefined} undefined: not the text of one, or longer than they can be */
function textToBigInt(text) {
  if (typeof text !== 'string' || regExpExec(DIGITS, text) === null) return undefined;
  try {
    return text[0] === '-' ? -NativeBigInt(stringSlice(text, 1)) : NativeBigInt(text);
  } catch {
    return undefined;
  }
}

module.exports = { bigIntToText, textToBigInt };
