'use strict';
// A value becomes a tree that JSON can say. One walk, in which every member is read once, and in order: what is read is what is sent, even
// where a getter answers something else the next time.

const { isArgumentsObject, isProxy } = require('node:util').types;
const { bigIntToText } = require('./bigint');
const { Blocks } = require('./blocks');
const { notCloneable } = require('./clone-error');
const { writeExotic } = require('./exotics');
const { ObjectPrototype, arrayIncludes, getPrototypeOf, hasOwn, isArray, keysOf, valuesOf } = require('./intrinsics');
const { DEEPEST, LONG_TEXT } = require('./limits');
const { giveBack, takePlaces } = require('./places');
const { Segments } = require('./segments');

const UNDEFINED = { $: 'undefined' };
const NAN = { $: 'NaN' };
const INFINITE = { $: 'Infinity' };
const MINUS_INFINITE = { $: '-Infinity' };
const MINUS_ZERO = { $: '-0' };

/** Items up to which holes are looked for by asking for each. */
const FEW = 32;

const EMPTY = {};
const NONE = Object.freeze([]);

/** Levels at which an entry of the table begins: `{"$":["graph",value,[entry]]}`. */
const ENTRY_DEPTH = 4;

class Writer {
  /** Descriptors of shared memory that go with the frame, and whose they are. */
  descriptors = NONE;
  owners = NONE;

  #places = takePlaces();
  #polluted = isPolluted();
  #segments = null;
  #blocks = null;

  /**
   * Reads all of the value; from here on nothing of the user's is called.
   * @param {object | undefined} snapshot of an object's members, where one was made already
   */
  write(value, snapshot) {
    const { root } = this.#places;
    if (snapshot === undefined) root[0] = this.value(value, root, 0, 1);
    else root[0] = this.members(value, snapshot, 1, this.#places.note(value, root, 0));
    this.#places.copyDeferred((object, place) => this.copy(object, ENTRY_DEPTH, place));
  }

  /**
   * @param {() => (buffer: ArrayBuffer) => ArrayBuffer} transfer answers where the bytes of a buffer then are
   * @returns {unknown} the tree
   */
  finish(transfer) {
    this.#blocks?.look();
    const moved = transfer();
    this.#blocks?.fill({ moved, segments: this.segments(), places: this.#places });
    this.#segments?.settle();
    return this.#places.finish();
  }

  /** To be called when nothing of the above is needed any more. */
  end() {
    giveBack(this.#places);
  }

  /** Whether the tree holds tags. */
  get tagged() {
    return this.#places.tagged;
  }

  segments() {
    this.#segments ??= new Segments();
    return this.#segments;
  }

  blocks() {
    this.#blocks ??= new Blocks();
    return this.#blocks;
  }

  addDescriptor(descriptor, owner) {
    if (this.descriptors === NONE) {
      this.descriptors = [];
      this.owners = [];
    }
    const index = this.descriptors.length;
    this.descriptors[index] = descriptor;
    this.owners[index] = owner;
    return index;
  }

  /** @param {unknown[]} tag name and arguments */
  tag(tag) {
    this.#places.tagged = true;
    return { $: tag };
  }

  #constant(tag) {
    this.#places.tagged = true;
    return tag;
  }

  /** A string that stands where only strings do. */
  text(text) {
    if (text.length < LONG_TEXT) return text;
    const segment = this.segments().addText(text);
    return segment === null ? text : this.tag(['text', segment]);
  }

  /**
   * @param {object} holder of the tree that the result is put into, at `key`
   * @param {number} depth levels of JSON down to the result
   */
  value(value, holder, key, depth) {
    switch (typeof value) {
      case 'object':
        return value === null ? null : this.object(value, holder, key, depth);
      case 'string':
        return this.text(value);
      case 'number':
        return this.#number(value);
      case 'boolean':
        return value;
      case 'undefined':
        return this.#constant(UNDEFINED);
      case 'bigint':
        return this.tag(['BigInt', this.text(bigIntToText(value))]);
      default:
        throw notCloneable(value);
    }
  }

  #number(value) {
    if (value - value === 0) return value !== 0 || 1 / value > 0 ? value : this.#constant(MINUS_ZERO);
    if (value > 0) return this.#constant(INFINITE);
    return this.#constant(value < 0 ? MINUS_INFINITE : NAN);
  }

  object(value, holder, key, depth) {
    const before = this.#places.find(value);
    if (before >= 0) return this.#places.reference(before);
    const place = this.#places.note(value, holder, key);
    // Too deep: its turn comes later, so that neither this walk nor that of the receiver goes any deeper.
    return depth > DEEPEST ? this.#places.defer(place) : this.copy(value, depth, place);
  }

  copy(value, depth, place) {
    if (isProxy(value)) throw notCloneable(value);
    if (isArray(value)) return this.array(value, depth);
    const proto = getPrototypeOf(value);
    if (proto === ObjectPrototype) return this.members(value, { ...value }, depth, place);
    return writeExotic(this, value, proto, depth, place) ?? this.members(value, { ...value }, depth, place);
  }

  /** @param {object} snapshot of an object's members: becomes part of the tree */
  members(value, snapshot, depth, place) {
    let isEmpty = true;
    let hasDollar = false;
    for (const key in snapshot) {
      isEmpty = false;
      if (key === '$') hasDollar = true;
      // These are numbered, unless there are none.
      else if (key === '0' && isArgumentsObject(value)) throw notCloneable(value);
      const member = snapshot[key];
      if (typeof member === 'string') {
        if (member.length < LONG_TEXT) continue;
      } else if (typeof member === 'number') {
        if (member === 0 ? 1 / member > 0 : member - member === 0) continue;
      } else if (member === null || typeof member === 'boolean') {
        continue;
      } else if (typeof member === 'object' && !this.#polluted) {
        snapshot[key] = this.object(member, snapshot, key, depth + 1);
        continue;
      }
      if (!this.#polluted || hasOwn(snapshot, key)) snapshot[key] = this.value(member, snapshot, key, depth + 1);
    }
    // Something else with the prototype of an object has, as a rule, no members: a Map, an Error.
    if (isEmpty) return writeExotic(this, value, ObjectPrototype, depth, place) ?? snapshot;
    if (hasDollar && hasOwn(snapshot, '$') && keysOf(snapshot).length === 1) this.#places.noteDollar(place);
    return snapshot;
  }

  array(value, depth) {
    const { length } = value;
    // The items that there are, and behind them members that are none.
    const items = valuesOf(value);
    if (items.length !== length || hasHoles(value, length)) return this.irregular(value, length, items, depth);
    for (let i = 0; i < length; i++) {
      const item = items[i];
      if (typeof item === 'string') {
        if (item.length < LONG_TEXT) continue;
      } else if (typeof item === 'number') {
        if (item === 0 ? 1 / item > 0 : item - item === 0) continue;
      } else if (item === null || typeof item === 'boolean') {
        continue;
      } else if (typeof item === 'object') {
        items[i] = this.object(item, items, i, depth + 1);
        continue;
      }
      items[i] = this.value(item, items, i, depth + 1);
    }
    return items;
  }

  /** With holes, or with members besides the items. */
  irregular(value, length, items, depth) {
    const keys = keysOf(value);
    const tag = ['Array', length];
    for (let i = 0; i < items.length; i++) {
      const key = keys[i];
      const index = +key;
      const at = tag.length;
      tag[at] = index >>> 0 === index && index < length && `${index}` === key ? index : key;
      tag[at + 1] = null;
      tag[at + 1] = this.value(items[i], tag, at + 1, depth + 2);
    }
    return this.tag(tag);
  }
}

/** A hole reads as undefined, and that is found fast; not by looking at items one by one, some of which might be getters. */
function hasHoles(array, length) {
  if (length > FEW && !arrayIncludes(array, undefined)) return false;
  for (let i = 0; i < length; i++) if (!(i in array)) return true;
  return false;
}

/** Whether somebody gave all objects of the program a member. */
function isPolluted() {
  for (const _ in EMPTY) return true;
  return false;
}

module.exports = { Writer };
