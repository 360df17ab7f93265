'use strict';
// A value becomes a tree that JSON can say. One walk, in which every member is read once, and in order: what is read is what is sent, even
// where a getter answers something else the next time.

const { isProxy } = require('node:util').types;
const { bigIntToText } = require('./bigint');
const { Blocks } = require('./blocks');
const { notCloneable } = require('./clone-error');
const { writeExotic } = require('./exotics');
const { ObjectPrototype, getPrototypeOf, hasOwn, isArray, keysOf, valuesOf } = require('./intrinsics');
const { DEEPEST, LONG_TEXT } = require('./limits');
const { Places } = require('./places');
const { Segments } = require('./segments');

const UNDEFINED = { $: 'undefined' };
const NAN = { $: 'NaN' };
const INFINITE = { $: 'Infinity' };
const MINUS_INFINITE = { $: '-Infinity' };
const MINUS_ZERO = { $: '-0' };

/** Levels at which an entry of the table begins: `{"$":["graph",value,[entry]]}`. */
const ENTRY_DEPTH = 4;

class Writer {
  /** Descriptors of shared memory that go with the frame, and whose they are. */
  descriptors = [];
  owners = [];

  #places = new Places();
  #segments = null;
  #blocks = null;

  /**
   * Reads all of the value; from here on nothing of the user's is called.
   * @param {object | undefined} snapshot of an object's members, where one was made already
   */
  write(value, snapshot) {
    const { root } = this.#places;
    if (snapshot === undefined) root[0] = this.value(value, root, 0, 1);
    else root[0] = this.#plain(value, snapshot, 1, this.#places.note(value, root, 0));
    this.#places.copyDeferred((object, place) => this.#copy(object, ENTRY_DEPTH, place));
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
        return value === null ? null : this.#object(value, holder, key, depth);
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

  #object(value, holder, key, depth) {
    const before = this.#places.find(value);
    if (before >= 0) return this.#places.reference(before);
    const place = this.#places.note(value, holder, key);
    // Too deep: its turn comes later, so that neither this walk nor that of the receiver goes any deeper.
    return depth > DEEPEST ? this.#places.defer(place) : this.#copy(value, depth, place);
  }

  #copy(value, depth, place) {
    if (isProxy(value)) throw notCloneable(value);
    if (isArray(value)) return this.#array(value, depth);
    const proto = getPrototypeOf(value);
    if (proto === ObjectPrototype) return this.#plain(value, { ...value }, depth, place);
    return writeExotic(this, value, proto, depth, place) ?? this.#members({ ...value }, depth, place);
  }

  #plain(value, snapshot, depth, place) {
    // Something else with the prototype of an object has, as a rule, no members. Or these are numbered, as arguments are.
    if ('0' in snapshot || isEmpty(snapshot)) {
      const exotic = writeExotic(this, value, ObjectPrototype, depth, place);
      if (exotic !== undefined) return exotic;
    }
    return this.#members(snapshot, depth, place);
  }

  /** @param {object} snapshot of an object's members: becomes part of the tree */
  #members(snapshot, depth, place) {
    for (const key in snapshot) {
      const value = snapshot[key];
      switch (typeof value) {
        case 'string':
          if (value.length < LONG_TEXT) continue;
          break;
        case 'number':
          if (value === 0 ? 1 / value > 0 : value - value === 0) continue;
          break;
        case 'boolean':
          continue;
        case 'object':
          if (value === null) continue;
      }
      // Unless somebody gave all objects of the program a member.
      if (hasOwn(snapshot, key)) snapshot[key] = this.value(value, snapshot, key, depth + 1);
    }
    if (snapshot.$ !== undefined && hasOwn(snapshot, '$') && keysOf(snapshot).length === 1) this.#places.noteDollar(place);
    return snapshot;
  }

  #array(value, depth) {
    const { length } = value;
    // The items that there are, and behind them members that are none.
    const items = valuesOf(value);
    if (items.length !== length || hasHoles(value, length)) return this.#irregular(value, length, items, depth);
    for (let i = 0; i < length; i++) {
      const item = items[i];
      switch (typeof item) {
        case 'string':
          if (item.length < LONG_TEXT) continue;
          break;
        case 'number':
          if (item === 0 ? 1 / item > 0 : item - item === 0) continue;
          break;
        case 'boolean':
          continue;
        case 'object':
          if (item === null) continue;
      }
      items[i] = this.value(item, items, i, depth + 1);
    }
    return items;
  }

  /** With holes, or with members besides the items. */
  #irregular(value, length, items, depth) {
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

function isEmpty(snapshot) {
  for (const _ in snapshot) return false;
  return true;
}

function hasHoles(array, length) {
  for (let i = 0; i < length; i++) if (!(i in array)) return true;
  return false;
}

module.exports = { Writer };
