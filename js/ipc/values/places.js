'use strict';
// Where each object of a message stands in the tree that is made of it: what is met again, or lies too deep, moves from there into the table.

const { NativeMap, NativeSet, arrayIncludes, mapGet, mapSet, setAdd, setSize } = require('./intrinsics');

/** Objects up to which one is found again by looking at each, and up to which a loop does that sooner than a call of the engine's. */
const FEW = 128;
const VERY_FEW = 12;

const NONE = Object.freeze([]);

class Places {
  /** Whether the tree holds tags: then it needs them, or has a table. */
  tagged = false;
  /** Its own tree; [0] is the value's. */
  root = [null];

  /** What was met so far, and where in the tree each of them stands: holders[i][keys[i]]. */
  #objects = [];
  #holders = [];
  #keys = [];
  #count = 0;
  /** All of these, from FEW on. */
  #met = null;
  /** Place by object, from the first on that is met twice after that. */
  #index = null;
  /** By place: number in the table. */
  #numbers = null;
  #table = NONE;
  /** Places of those which have to be moved into it. */
  #shared = NONE;
  /** Places of those which wait because they lie too deep. They stand in the table from the first. */
  #deep = NONE;
  /** Places of objects whose only member is `$`. */
  #dollars = NONE;

  /** @returns {number} its place if it was met before, else -1: then it is to be noted */
  find(value) {
    if (this.#met === null) {
      const objects = this.#objects;
      if (this.#count > VERY_FEW && !arrayIncludes(objects, value)) return -1;
      for (let i = 0; i < this.#count; i++) if (objects[i] === value) return i;
      return -1;
    }
    if (this.#index === null) {
      // Looked up and put in at once; most messages never need more.
      const before = setSize(this.#met);
      setAdd(this.#met, value);
      if (setSize(this.#met) !== before) return -1;
      this.#makeIndex();
    }
    return mapGet(this.#index, value) ?? -1;
  }

  /** @returns {number} its place */
  note(value, holder, key) {
    const place = this.#count++;
    this.#objects[place] = value;
    this.#holders[place] = holder;
    this.#keys[place] = key;
    if (this.#index !== null) mapSet(this.#index, value, place);
    else if (place === FEW) this.#makeMet();
    return place;
  }

  #makeMet() {
    this.#met = new NativeSet();
    for (let i = 0; i < this.#count; i++) setAdd(this.#met, this.#objects[i]);
  }

  #makeIndex() {
    this.#index = new NativeMap();
    for (let i = 0; i < this.#count; i++) mapSet(this.#index, this.#objects[i], i);
  }

  noteDollar(place) {
    if (this.#dollars === NONE) this.#dollars = [];
    this.#dollars[this.#dollars.length] = place;
  }

  /** @param {unknown} entry of the table, where there is none yet: null */
  enter(entry) {
    if (this.#table === NONE) this.#table = [];
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
      if (this.#shared === NONE) this.#shared = [];
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
    if (this.#deep === NONE) this.#deep = [];
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

  /**
   * Forgets everything, so that nothing of the user's is held on to.
   * @returns {boolean} false: not worth it
   */
  reset() {
    if (this.#met !== null || this.tagged) return false;
    for (let i = 0; i < this.#count; i++) {
      this.#objects[i] = null;
      this.#holders[i] = null;
      this.#keys[i] = null;
    }
    this.#count = 0;
    this.#dollars = NONE;
    this.root[0] = null;
    return true;
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

/** One as good as new. */
let spare = null;

function takePlaces() {
  const places = spare ?? new Places();
  // Whoever encodes inside of a getter gets another.
  spare = null;
  return places;
}

/** Only small ones are kept: what they have room for stays. */
function giveBack(places) {
  if (places.reset()) spare = places;
}

module.exports = { giveBack, takePlaces };
