'use strict';
// Text into lines. A line ends in '\n' or '\r\n'; a lone '\r' is part of it, and what follows the last end is a line if it is not empty.

const { StringDecoder } = require('string_decoder');

const LF = 10;
const CR = 13;

/** @returns {string[]} */
function linesOf(text, preserveNewlines) {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines[lines.length - 1] === '') lines.length--;
  else if (preserveNewlines) return withEnds(lines, lines.length - 1);
  return preserveNewlines ? withEnds(lines, lines.length) : withoutReturns(lines, text);
}

function withEnds(lines, count) {
  for (let i = 0; i < count; i++) lines[i] = `${lines[i]}\n`;
  return lines;
}

/** Only of lines that '\n' has ended: the '\r' of 'a\r' at the very end is nobody's. */
function withoutReturns(lines, text) {
  if (!text.includes('\r')) return lines;
  const ended = text.charCodeAt(text.length - 1) === LF ? lines.length : lines.length - 1;
  for (let i = 0; i < ended; i++) {
    const line = lines[i];
    if (line.charCodeAt(line.length - 1) === CR) lines[i] = line.slice(0, -1);
  }
  return lines;
}

/** In UTF-8 no part of a longer character is a '\n': whole lines are cut out of the bytes, and nothing has to be carried between decodings. */
class Utf8Lines {
  #preserveNewlines;
  /** Parts of a line whose end has not come. */
  #begun = [];

  constructor(preserveNewlines) {
    this.#preserveNewlines = preserveNewlines;
  }

  /** @returns {string[]} the lines that are complete now */
  take(chunk) {
    const end = chunk.lastIndexOf(LF) + 1;
    if (end === 0) {
      this.#begun.push(chunk);
      return [];
    }
    let text = chunk.utf8Slice(0, end);
    if (this.#begun.length > 0) {
      // The first line's parts are decoded together, for a character may be spread over them.
      const first = chunk.indexOf(LF) + 1;
      const head = Buffer.concat([...this.#begun, chunk.subarray(0, first)]).utf8Slice();
      text = head + chunk.utf8Slice(first, end);
      this.#begun.length = 0;
    }
    if (end < chunk.length) this.#begun.push(chunk.subarray(end));
    return linesOf(text, this.#preserveNewlines);
  }

  end() {
    return this.#begun.length === 0 ? [] : linesOf(Buffer.concat(this.#begun).utf8Slice(), this.#preserveNewlines);
  }
}

/** Any other encoding, by way of its text. */
class DecodedLines {
  #preserveNewlines;
  #decoder;
  #begun = [];

  constructor(encoding, preserveNewlines) {
    this.#decoder = new StringDecoder(encoding);
    this.#preserveNewlines = preserveNewlines;
  }

  take(chunk) {
    const text = this.#decoder.write(chunk);
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) {
      if (text !== '') this.#begun.push(text);
      return [];
    }
    const whole = this.#begun.join('') + text.slice(0, end);
    this.#begun = end < text.length ? [text.slice(end)] : [];
    return linesOf(whole, this.#preserveNewlines);
  }

  end() {
    return linesOf(this.#begun.join('') + this.#decoder.end(), this.#preserveNewlines);
  }
}

/** Turns chunks into lines: take(chunk) and end() give those that are complete. */
function lineSplitter(encoding, preserveNewlines) {
  return encoding === 'utf8' ? new Utf8Lines(preserveNewlines) : new DecodedLines(encoding, preserveNewlines);
}

module.exports = { linesOf, lineSplitter };
