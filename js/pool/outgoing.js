'use strict';
// Tasks on their way to the engine. The first of a turn of JavaScript goes at once, the rest of the turn together, see js/turn.js. A turn that submits very
// many hands them over in pieces, so that workers have something to do while it goes on.

const turn = require('../turn');
const { frames } = require('./inside');
const { FIELDS, keyOf } = require('./task-options');

const { stringify } = frames.plain;

/** Tasks, and characters, after which those that were gathered are handed over. */
const MOST = 256;
const LONG = 64 * 1024;
/** Answers to answers: tasks for which the clock is looked at, and milliseconds between two from which on the first does not wait for the second. */
const TIMED = 8;
const SLOW = 0.1;
/** Of a turn that takes long: after how many tasks the clock is looked at, less one, and milliseconds that the first of them waits at most. */
const SOME = 15;
const LONG_TURN = 1;

class Outgoing {
  #native;
  #events;
  /** Those that were gathered: lines, or values, whose text is made of all at once; never both. */
  #lines = '';
  #values = [];
  #count = 0;
  /** Of values, two numbers each: the id, and which of the marks it has. */
  #heads = new Int32Array(MOST * 2);
  #marks = [];
  /** What tasks have besides, 8 numbers each; null as long as none of those that were gathered has any. */
  #numbers = null;
  #hasNumbers = false;
  #keys = [];
  #isInTurn = false;
  #isReceiving = false;
  #lookedAt = 0;
  #flushedAt = 0;

  /**
   * @param {object} native see Pool in native.d.ts
   * @param {object} events
   * @param {(line: string, terms: Float64Array | null, key: string | null) => void} events.onRefused there was no room for it
   * @param {(id: number, error: Error) => void} events.onUnsent there is no text of it
   */
  constructor(native, events) {
    this.#native = native;
    this.#events = events;
    turn.watchExit();
  }

  /**
   * @param {string} line of a frame that is nothing but that
   * @param {import('./task-options').Terms | null} terms
   */
  post(line, terms) {
    if (this.#values.length > 0) this.flush();
    if (terms !== null) this.#setTerms(terms);
    this.#lines += line;
    this.#count++;
    this.#posted(this.#lines.length >= LONG);
  }

  /**
   * @param {number} id
   * @param {string} mark '' or '=name'
   * @param {unknown} value nobody else has it, and JSON says it as it is
   */
  postValue(id, mark, value) {
    if (this.#lines !== '') this.flush();
    const at = this.#count * 2;
    this.#heads[at] = id;
    this.#heads[at + 1] = this.#placeOf(mark);
    this.#values.push(value);
    this.#count++;
    this.#posted(false);
  }

  #placeOf(mark) {
    const marks = this.#marks;
    // Mostly they are all alike.
    for (let i = marks.length - 1; i >= 0; i--) if (marks[i] === mark) return i;
    return marks.push(mark) - 1;
  }

  #posted(isLong) {
    if (this.#isInTurn) {
      if (isLong || this.#count >= MOST || this.#isLate() || turn.isExiting()) this.flush();
      return;
    }
    if (!turn.isExiting()) {
      this.#isInTurn = true;
      turn.join(this);
    }
    this.flush();
  }

  #setTerms(terms) {
    this.#numbers ??= new Float64Array(MOST * FIELDS).fill(NaN);
    this.#hasNumbers = true;
    let key = 0;
    if (terms.key !== null) {
      const keys = this.#keys;
      key = keys.length > 0 && keys[keys.length - 1] === terms.key ? keys.length : keys.push(terms.key);
    }
    terms.write(this.#numbers, this.#count * FIELDS, key, 0);
  }

  /** Answers have come: tasks that are given in return, in the microtasks that come of it, go together. */
  gather() {
    this.#isInTurn = true;
    this.#isReceiving = true;
    this.#lookedAt = performance.now();
    turn.enter(this);
  }

  gathered() {
    turn.leave();
  }

  /** Whoever makes tasks slowly is not to keep all of them back until the last one is made. */
  #isLate() {
    if (this.#isReceiving && this.#count < TIMED) {
      const now = performance.now();
      const isSlow = now - this.#lookedAt > SLOW;
      this.#lookedAt = now;
      return isSlow;
    }
    return (this.#count & SOME) === 0 && performance.now() - this.#flushedAt > LONG_TURN;
  }

  /** What has gone to the engine has gone there before what comes now. */
  flush() {
    if (this.#count === 0) return;
    if (this.#values.length > 0) this.#flushValues();
    else this.#flushLines();
  }

  #flushValues() {
    const values = this.#values;
    const marks = this.#marks;
    const count = this.#count;
    let text;
    try {
      text = count > 1 ? stringify(values) : this.#line(0, values, marks);
    } catch {
      this.#flushOneByOne(values, marks);
      return;
    }
    this.#values = [];
    this.#marks = [];
    this.#count = 0;
    this.#flushedAt = performance.now();
    const accepted = count > 1 ? this.#native.submitValues(text, this.#heads, marks.join('\0')) : this.#native.submit(text, 1, null, null);
    if (accepted === count) return;
    // Who is told of one may give others in return.
    const refused = [];
    for (let i = accepted; i < count; i++) refused.push(this.#line(i, values, marks));
    for (const line of refused) this.#events.onRefused(line, null, null);
  }

  /** Together they are longer than a text can be. */
  #flushOneByOne(values, marks) {
    const ids = Array.from(values, (_, i) => this.#heads[i * 2]);
    const lines = ids.map((_, i) => {
      try {
        return this.#line(i, values, marks);
      } catch (error) {
        return error;
      }
    });
    this.#values = [];
    this.#marks = [];
    this.#count = 0;
    lines.forEach((line, i) => {
      if (typeof line !== 'string') this.#events.onUnsent(ids[i], line);
      else if (this.#native.submit(line, 1, null, null) === 0) this.#events.onRefused(line, null, null);
    });
  }

  #line(i, values, marks) {
    return `Q${this.#heads[i * 2]}${marks[this.#heads[i * 2 + 1]]}:${stringify(values[i])}\n`;
  }

  #flushLines() {
    const count = this.#count;
    const lines = this.#lines;
    const numbers = this.#hasNumbers ? this.#numbers.subarray(0, count * FIELDS) : null;
    const keys = this.#keys;
    this.#lines = '';
    this.#count = 0;
    this.#flushedAt = performance.now();
    const accepted = this.#native.submit(lines, count, numbers, keys.length === 0 ? null : keys.join('\0'));
    if (accepted < count) this.#refuse(lines, Math.max(0, accepted), numbers, keys);
    if (numbers !== null) {
      numbers.fill(NaN);
      this.#hasNumbers = false;
      if (keys.length > 0) this.#keys = [];
    }
  }

  #refuse(lines, from, numbers, keys) {
    const all = lines.split('\n');
    // Behind the last line break is nothing.
    for (let i = from; i < all.length - 1; i++) {
      const own = numbers === null ? null : numbers.slice(i * FIELDS, (i + 1) * FIELDS);
      this.#events.onRefused(`${all[i]}\n`, own, own === null ? null : keyOf(own, keys));
    }
  }

  endTurn() {
    this.#isInTurn = false;
    this.#isReceiving = false;
    this.flush();
  }
}

module.exports = { Outgoing };
