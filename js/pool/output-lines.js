'use strict';
// One stream of a worker into lines, each with the task that wrote it: js/worker/output.js marks them.

const LF = 10;
const CR = 13;
const NUL = 0;
const MARK = Buffer.from('\0procs:');
/** Bytes of the longest mark: an id, a name. What begins as one and is longer is none. */
const LONGEST_MARK = 512;
const EMPTY = Buffer.alloc(0);

/** @typedef {{ task: number, name: string }} Tag */

class OutputLines {
  #maxLine;
  #say;
  /** @type {Tag | null} */
  #tag = null;
  /** Of a line, or a mark, whose end has not come. */
  #begun = EMPTY;

  /**
   * @param {number} maxLine bytes: what is longer comes in parts
   * @param {(line: string, tag: Tag | null) => void} say
   */
  constructor(maxLine, say) {
    this.#maxLine = maxLine;
    this.#say = say;
  }

  /** @param {Buffer} chunk may be written to again as soon as this returns */
  take(chunk) {
    const bytes = this.#begun.length === 0 ? chunk : Buffer.concat([this.#begun, chunk]);
    this.#begun = EMPTY;
    let from = 0;
    // Where the next mark may begin: it is looked for once, and not again with each line.
    let mark = bytes.indexOf(NUL);
    for (;;) {
      const end = bytes.indexOf(LF, from);
      if (mark !== -1 && (end === -1 || mark < end)) {
        const behind = markEnd(bytes, mark);
        if (behind === 0) break;
        if (behind > 0) {
          this.#turnTo(bytes, from, mark, behind);
          from = behind;
        }
        mark = bytes.indexOf(NUL, behind > 0 ? behind : mark + 1);
        continue;
      }
      if (end === -1) break;
      this.#line(bytes, from, end);
      from = end + 1;
    }
    this.#keep(bytes, from);
  }

  /** No more comes. */
  end() {
    const bytes = this.#begun;
    this.#begun = EMPTY;
    if (bytes.length > 0) this.#line(bytes, 0, bytes.length);
  }

  /** What one task has begun and another goes on with is two lines. */
  #turnTo(bytes, from, mark, behind) {
    if (mark > from) this.#line(bytes, from, mark);
    this.#tag = tagOf(bytes.latin1Slice(mark + MARK.length, behind - 1));
  }

  #line(bytes, from, end) {
    let at = from;
    while (end - at > this.#maxLine) at = this.#part(bytes, at);
    const last = end > at && bytes[end - 1] === CR && end < bytes.length && bytes[end] === LF ? end - 1 : end;
    this.#say(bytes.utf8Slice(at, last), this.#tag);
  }

  /** Not within a character. */
  #part(bytes, from) {
    let end = from + this.#maxLine;
    while (end > from + 1 && (bytes[end] & 0xc0) === 0x80) end--;
    this.#say(bytes.utf8Slice(from, end), this.#tag);
    return end;
  }

  #keep(bytes, from) {
    let at = from;
    while (bytes.length - at > this.#maxLine + LONGEST_MARK) at = this.#part(bytes, at);
    if (at < bytes.length) this.#begun = Buffer.from(bytes.subarray(at));
  }
}

/** @returns {number} where what follows the mark begins; 0: its end has not come; -1: it is none */
function markEnd(bytes, at) {
  const head = bytes.subarray(at, at + MARK.length);
  if (!head.equals(MARK.subarray(0, head.length))) return -1;
  const end = bytes.indexOf(LF, at);
  if (end !== -1) return end - at < LONGEST_MARK ? end + 1 : -1;
  return bytes.length - at < LONGEST_MARK ? 0 : -1;
}

/** null for that of no task, and for what a program has made up. */
function tagOf(text) {
  const parts = /^(\d{1,10})=([\w%!'()*.~-]*)$/.exec(text);
  if (parts === null) return null;
  try {
    return { task: Number(parts[1]), name: decodeURIComponent(parts[2]) };
  } catch {
    return null;
  }
}

module.exports = { OutputLines };
