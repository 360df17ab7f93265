'use strict';
// The end of what a command has said, for its error's message. Looks at the end only: there may be hundreds of megabytes before it.

const { stripVTControlCharacters } = require('util');

const MOST_LINES = 10;
const MOST_CHARACTERS = 2_048;
/** Up to here the lines that are left out are counted. */
const COUNTED = 100_000;
const CONTROL = /[^\P{Cc}\n\t]/gu;

/**
 * @param {string | Uint8Array | string[] | undefined} output
 * @param {string} encoding what it is in
 * @returns {string} at most MOST_LINES lines, and how many came before them; '' when nothing was said
 */
function lastLines(output, encoding) {
  if (output === undefined || output.length === 0) return '';
  if (Array.isArray(output)) return shown(output.slice(-MOST_LINES).join('\n'), output.length - Math.min(output.length, MOST_LINES));
  const tail = tailOf(output, encoding);
  const whole = tail.whole ? tail.text : tail.text.slice(tail.text.indexOf('\n') + 1);
  const lines = withoutFinalNewline(whole).split('\n');
  const kept = lines.slice(-MOST_LINES);
  const before = tail.whole ? lines.length - kept.length : undefined;
  return shown(kept.join('\n'), before ?? linesBefore(output, encoding, kept.length));
}

function tailOf(output, encoding) {
  const most = MOST_CHARACTERS * 4;
  const start = Math.max(0, output.length - most);
  const whole = start === 0;
  if (typeof output !== 'string')
    return { text: Buffer.from(output.buffer, output.byteOffset + start, output.length - start).toString(), whole };
  // From a multiple of four characters on, base64 and hex can be read by themselves.
  const text = output.slice(start - (start % 4));
  return { text: isEncoded(encoding) ? Buffer.from(text, encoding).toString() : text, whole };
}

function isEncoded(encoding) {
  return encoding === 'hex' || encoding === 'base64' || encoding === 'base64url';
}

/** undefined: too many to count. */
function linesBefore(output, encoding, kept) {
  if (typeof output !== 'string' || isEncoded(encoding) || output.length > COUNTED) return undefined;
  return withoutFinalNewline(output).split('\n').length - kept;
}

function withoutFinalNewline(text) {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function shown(text, before) {
  const clean = stripVTControlCharacters(withoutFinalNewline(text).replaceAll('\r\n', '\n')).replace(CONTROL, spelled);
  const cut = clean.length > MOST_CHARACTERS ? `…${clean.slice(-MOST_CHARACTERS)}` : clean;
  if (before === 0 || cut === '') return cut;
  const what = before === undefined ? 'what came before' : before === 1 ? '1 line' : `${before} lines`;
  return `(${what} left out)\n${cut}`;
}

function spelled(character) {
  return `\\x${character.codePointAt(0).toString(16).padStart(2, '0')}`;
}

module.exports = { lastLines };
