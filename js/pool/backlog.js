'use strict';
// Tasks that found no room in the queue, where their callers wait for it.

const { FIELDS, shorten } = require('./task-options');

const MOST = 256;

class Backlog {
  #native;
  #patience;
  #onTaken;
  /** By their ids, in their order: lines, or parcels with what is to be done with them. */
  #items = new Map();

  /**
   * @param {object} native see Pool in native.d.ts
   * @param {import('./patience').Patience} patience in which they are
   * @param {(id: number) => void} onTaken the engine has it
   */
  constructor(native, patience, onTaken) {
    this.#native = native;
    this.#patience = patience;
    this.#onTaken = onTaken;
  }

  get size() {
    return this.#items.size;
  }

  /**
   * @param {number} id
   * @param {string | (() => boolean)} item a line; or hands it over, and answers whether there was room
   * @param {Float64Array | null} [numbers] of a line, see Terms
   */
  add(id, item, numbers = null, key = null) {
    this.#items.set(id, { id, item, numbers, key });
  }

  /** @returns {boolean} whether it was in here */
  remove(id) {
    return this.#items.delete(id);
  }

  /** There may be room again. */
  drain() {
    this.#patience.sweep();
    while (this.size > 0 && this.#next());
  }

  ids() {
    return [...this.#items.keys()];
  }

  clear() {
    this.#items.clear();
  }

  /** @returns {boolean} whether there may be room for more */
  #next() {
    const batch = this.#batch();
    const [{ id, item }] = batch;
    if (typeof item === 'function') {
      if (!item()) return false;
      this.#taken(id);
      return true;
    }
    const accepted = Math.max(0, this.#submit(batch));
    for (let i = 0; i < accepted; i++) this.#taken(batch[i].id);
    return accepted === batch.length;
  }

  /** One parcel, or lines. */
  #batch() {
    const batch = [];
    for (const one of this.#items.values()) {
      if (batch.length === MOST || (batch.length > 0 && typeof one.item === 'function')) break;
      batch.push(one);
      if (typeof one.item === 'function') break;
    }
    return batch;
  }

  /** @returns {number} how many were accepted */
  #submit(batch) {
    let lines = '';
    let all = null;
    const keys = [];
    batch.forEach(({ id, item, numbers, key }, i) => {
      lines += item;
      if (numbers === null) return;
      all ??= new Float64Array(batch.length * FIELDS).fill(NaN);
      all.set(numbers, i * FIELDS);
      shorten(all, i * FIELDS, this.#patience.waited(id));
      if (key !== null) all[i * FIELDS + FIELDS - 2] = keys.push(key);
    });
    return this.#native.submit(lines, batch.length, all, keys.length === 0 ? null : keys.join('\0'));
  }

  #taken(id) {
    this.#items.delete(id);
    this.#onTaken(id);
  }
}

module.exports = { Backlog };
