'use strict';
// Tasks on their way to the engine. The first of a turn of JavaScript goes at once, the rest of the turn together, see js/turn.js. A turn that submits very
// many hands them over in pieces, so that workers have something to do while it goes on.

const turn = require('../turn');
const { FIELDS, keyOf } = require('./task-options');

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
  #onRefused;
  #lines = '';
  #count = 0;
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
   * @param {(line: string, terms: Float64Array | null, key: string | null) => void} onRefused there was no room for it
   */
  constructor(native, onRefused) {
    this.#native = native;
    this.#onRefused = onRefused;
    turn.watchExit();
  }

  /**
   * @param {string} line of a frame that is nothing but that
   * @param {import('./task-options').Terms | null} terms
   */
  post(line, terms) {
    if (terms !== null) this.#setTerms(terms);
    this.#lines += line;
    this.#count++;
    if (this.#isInTurn) {
      if (this.#count >= MOST || this.#lines.length >= LONG || this.#isLate() || turn.isExiting()) this.flush();
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
    const count = this.#count;
    if (count === 0) return;
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
      this.#onRefused(`${all[i]}\n`, own, own === null ? null : keyOf(own, keys));
    }
  }

  endTurn() {
    this.#isInTurn = false;
    this.#isReceiving = false;
    this.flush();
  }
}

module.exports = { Outgoing };
