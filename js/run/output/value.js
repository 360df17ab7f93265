'use strict';
// What came out of the child, in the form the caller has asked for.

const { linesOf } = require('../lines');

/** Of Reactor.collected(). */
const BUFFER = 0;
const UTF8 = 1;
const LATIN1 = 2;

/** @returns {{ encoding: string, lines: boolean, strip: boolean, form: number, native: boolean }} */
function formOf(settings, fd) {
  const encoding = normalEncoding(settings.encoding);
  const lines = settings.lines(fd) && isText(encoding);
  const strip = settings.stripFinalNewline(fd);
  const form = encoding === 'utf8' ? UTF8 : encoding === 'latin1' ? LATIN1 : BUFFER;
  return { __proto__: null, encoding, lines, strip, form };
}

/** Buffer's own aliases under one name each. */
function normalEncoding(encoding) {
  switch (encoding) {
    case 'utf-8':
      return 'utf8';
    case 'ucs2':
    case 'ucs-2':
    case 'utf-16le':
      return 'utf16le';
    case 'binary':
      return 'latin1';
    default:
      return encoding;
  }
}

function isText(encoding) {
  return encoding === 'utf8' || encoding === 'utf16le';
}

/** Text that reads as bytes has no newlines: an encoded one is left alone. */
function isReadable(encoding) {
  return isText(encoding) || encoding === 'latin1' || encoding === 'ascii';
}

/** @param {Buffer} bytes */
function valueOfBytes(bytes, form, isCut) {
  const { encoding, strip } = form;
  if (encoding === 'buffer') return strip ? bytes.subarray(0, bytes.length - finalNewline(bytes)) : bytes;
  const whole = isCut ? withoutCutCharacter(bytes, encoding) : bytes;
  return valueOfText(whole.toString(encoding), form);
}

function valueOfText(text, { encoding, lines, strip }) {
  if (lines) return linesOf(text, !strip);
  if (!strip || !isReadable(encoding)) return text;
  const { length } = text;
  if (text.charCodeAt(length - 1) !== 10) return text;
  return text.slice(0, text.charCodeAt(length - 2) === 13 ? -2 : -1);
}

function finalNewline(bytes) {
  if (bytes[bytes.length - 1] !== 10) return 0;
  return bytes[bytes.length - 2] === 13 ? 2 : 1;
}

/** Of output that was cut off at maxBuffer, the part of a character at its end. */
function withoutCutCharacter(bytes, encoding) {
  if (encoding === 'utf16le') return bytes.subarray(0, utf16End(bytes));
  return encoding === 'utf8' ? bytes.subarray(0, utf8End(bytes)) : bytes;
}

function utf16End(bytes) {
  const end = bytes.length & ~1;
  const isHighSurrogate = end >= 2 && (bytes[end - 1] & 0xfc) === 0xd8;
  return isHighSurrogate ? end - 2 : end;
}

function utf8End(bytes) {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? length - back : length;
  }
  return length;
}

module.exports = { BUFFER, UTF8, formOf, normalEncoding, isText, valueOfBytes, valueOfText };
