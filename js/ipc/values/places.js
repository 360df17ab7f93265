'use strict';
// Where each object of a message stands in the tree that is made of it: what is met again, or lies too deep, moves from there into the table.

const { NativeMap, mapGet, mapSet } = require('./intrinsics');

/** Objects up to which one is found again by looking at each. */
const FEW = 32;

class Places {
  /** Whether the tree holds tags: then it needs them, or has a table. */
  tagged = false;
  /** Its own tree; [0] is the value's. */
  root = [null];

  /** What was met so far, and where in the tree each of them stands: holders[i][keys[i]]. */
  #objects = [];
  #holders = [];
  #keys = [];
  /** Place by object, from FEW on. */
  #index = null;
  /** By place: number in the table. */
  #numbers = null;
  #table = [];
  /** Places of those which have to be moved into it. */
  #shared = [];
  /** Places of those which wait because they lie too deep. They stand in the table from the first. */
  #deep = [];
  /** Places of objects whose only member is `$`. */
  #dollars = [];

  /** @returns {number} -1: not met yet */
  find(value) {
    if (this.#index !== null) return mapGet(this.#index, value) ?? -1;
    const objects = this.#objects;
    for (let i = 0; i < objects.length; i++) if (objects[i] === value) return i;
    return -1;
  }

  /** @returns {number} its place */
  note(value, holder, key) {
    const objects = this.#objects;
    const place = objects.length;
    objects[place] = value;
    this.#holders[place] = holder;
    this.#keys[place] = key;
    if (this.#index !== null) mapSet(this.#index, value, place);
    else if (place === FEW) this.#makeIndex();
    return place;
  }

  #makeIndex() {
    this.#index = new NativeMap();
    for (let i = 0; i < this.#objects.length; i++) mapSet(this.#index, this.#objects[i], i);
  }

  noteDollar(place) {
    this.#dollars[this.#dollars.length] = place;
  }

  /** @param {unknown} entry of the table, where there is none yet: null */
  enter(entry) {
    const number = this.#table.length;
    this.#table[number] = entry;
    this.tagged = true;
    return { $: number };
  }

  /** What stands in the tree wherever an object is met again. */
  reference(place) {
    this.#numbers ??= [];
    if (this.#numbers[place] === undefined) {
      this.#numbers[place] = this.enter(null).$;
      this.#shared[this.#shared.length] = place;
    }
    return { $: this.#numbers[place] };
  }

  /** What stands in the tree for what waits. */
  defer(place) {
    const reference = this.enter(null);
    this.#numbers ??= [];
    this.#numbers[place] = reference.$;
    this.#holders[place] = this.#table;
    this.#keys[place] = reference.$;
    this.#deep[this.#deep.length] = place;
    return reference;
  }

  /** @param {(value: object, place: number) => unknown} copy may make others wait */
  copyDeferred(copy) {
    for (let i = 0; i < this.#deep.length; i++) {
      const place = this.#deep[i];
      this.#table[this.#keys[place]] = copy(this.#objects[place], place);
    }
  }

  /** @returns {unknown} the JSON of the frame */
  finish() {
    if (!this.tagged) return this.root[0];
    this.#escapeDollars();
    for (let i = 0; i < this.#shared.length; i++) {
      const place = this.#shared[i];
      const number = this.#numbers[place];
      const holder = this.#holders[place];
      const key = this.#keys[place];
      this.#table[number] = holder[key];
      holder[key] = { $: number };
    }
    return this.#table.length === 0 ? this.root[0] : { $: ['graph', this.root[0], this.#table] };
  }

  /** `{"$":…}` of the user's: only where there are tags can it be taken for one. */
  #escapeDollars() {
    if (this.#dollars.length === 0) return;
    const tags = new NativeMap();
    for (let i = 0; i < this.#dollars.length; i++) {
      const holder = this.#holders[this.#dollars[i]];
      const key = this.#keys[this.#dollars[i]];
      const tag = ['Object', '$', null];
      mapSet(tags, holder[key], tag);
      holder[key] = { $: tag, of: holder[key] };
    }
    // What stands in one may be another that has just been replaced there: so it is moved only now.
    for (let i = 0; i < this.#dollars.length; i++) {
      const escaped = this.#holders[this.#dollars[i]][this.#keys[this.#dollars[i]]];
      escaped.$[2] = escaped.of.$;
      delete escaped.of;
    }
    for (let i = 0; i < this.#shared.length; i++) {
      const tag = mapGet(tags, this.#holders[this.#shared[i]]);
      if (tag === undefined) continue;
      this.#holders[this.#shared[i]] = tag;
      this.#keys[this.#shared[i]] = 2;
    }
  }
}

module.exports = { Places };
