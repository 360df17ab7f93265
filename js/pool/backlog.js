'use strict';
// Tasks that found no room in the queue, where their callers wait for it.

const { FIELDS } = require('./task-options');

const MOST = 256;

class Backlog {
  #native;
  /** Lines, or parcels with what is to be done with them. */
  #items = [];
  #first = 0;

  constructor(native) {
    this.#native = native;
  }

  get size() {
    return this.#items.length - this.#first;
  }

  /**
   * @param {number} id
   * @param {string | (() => boolean)} item a line; or hands it over, and answers whether there was room
   */
  add(id, item, numbers = null, key = null) {
    this.#items.push({ id, item, numbers, key });
  }

  /** @returns {boolean} whether it was in here */
  remove(id) {
    for (let i = this.#first; i < this.#items.length; i++) {
      if (this.#items[i].id !== id) continue;
      this.#items.splice(i, 1);
      return true;
    }
    return false;
  }

  /** There may be room again. */
  drain() {
    while (this.size > 0 && this.#next());
    if (this.#first === this.#items.length) this.clear();
  }

  ids() {
    return this.#items.slice(this.#first).map(({ id }) => id);
  }

  clear() {
    this.#items = [];
    this.#first = 0;
  }

  /** @returns {boolean} whether there may be room for more */
  #next() {
    const first = this.#items[this.#first];
    if (typeof first.item === 'function') {
      if (!first.item()) return false;
      this.#taken(1);
      return true;
    }
    let lines = '';
    let count = 0;
    let numbers = null;
    const keys = [];
    for (; count < MOST && count < this.size; count++) {
      const { item, numbers: own, key } = this.#items[this.#first + count];
      if (typeof item === 'function') break;
      lines += item;
      if (own === null) continue;
      numbers ??= new Float64Array(MOST * FIELDS).fill(NaN);
      numbers.set(own, count * FIELDS);
      if (key !== null) numbers[count * FIELDS + FIELDS - 2] = keys.push(key);
    }
    const accepted = this.#native.submit(
      lines,
      count,
      numbers === null ? null : numbers.subarray(0, count * FIELDS),
      keys.length === 0 ? null : keys.join('\0'),
    );
    this.#taken(Math.max(0, accepted));
    return accepted === count;
  }

  #taken(count) {
    this.#first += count;
    if (this.#first < 1024 || this.#first < this.#items.length / 2) return;
    this.#items.splice(0, this.#first);
    this.#first = 0;
  }
}

module.exports = { Backlog };
