'use strict';
// A value becomes a tree that JSON can say. One walk, in which every member is read once, and in order: what is read is what is sent, even
// where a getter answers something else the next time.

const { types } = require('node:util');
const intrinsics = require('./intrinsics');
const { bigIntToText } = require('./bigint');
const { Blocks } = require('./blocks');
const { BLOB, DOM_EXCEPTION, isOrdinary, isRefused, platformBrand } = require('./brand');
const { notCloneable } = require('./clone-error');
const { readDOMException, readError } = require('./error-values');
const { readFile } = require('./files');
const { DEEPEST, LONG_TEXT } = require('./limits');
const { Segments } = require('./segments');
const { lookAt, viewType } = require('./views');

const { ObjectPrototype, getPrototypeOf, hasOwn, isArray, keysOf, valuesOf } = intrinsics;
const { isProxy } = types;

const UNDEFINED = { $: 'undefined' };
const NAN = { $: 'NaN' };
const INFINITE = { $: 'Infinity' };
const MINUS_INFINITE = { $: '-Infinity' };
const MINUS_ZERO = { $: '-0' };

/** Objects up to which one is found again by looking at each. */
const FEW = 32;

/** By which an object says that it is memory shared with the peer: the descriptor. See js/ipc/shared-memory.js. */
const DESCRIPTOR = Symbol.for('@x/procs.descriptor');

const FLAGS = ['hasIndices', 'global', 'ignoreCase', 'multiline', 'dotAll', 'unicode', 'unicodeSets', 'sticky']
  .map((name) => [name, intrinsics.getOwnPropertyDescriptor(RegExp.prototype, name)])
  .filter(([, descriptor]) => descriptor !== undefined)
  .map(([name, descriptor]) => ({
    flag: { hasIndices: 'd', unicodeSets: 'v', dotAll: 's', sticky: 'y' }[name] ?? name[0],
    isSet: intrinsics.uncurryThis(descriptor.get),
  }));

class Writer {
  /** Whether the tree holds tags. */
  tagged = false;
  segments = null;
  /** Descriptors of shared memory, and whose they are. */
  descriptors = [];
  owners = [];

  /** Objects met so far, and where in the tree each stands: holders[i][keys[i]]. */
  #objects = [];
  #holders = [];
  #keys = [];
  /** The same by object, from FEW on. */
  #places = null;
  /** By place in the above: number in the table. */
  #numbers = null;
  #table = [];
  /** Places of those which are to be moved from where they stand into the table. */
  #shared = [];
  /** Places of those which have to wait because they lie too deep. */
  #deep = [];
  /** Places of objects whose only member is `$`. */
  #dollars = [];
  #blocks = null;
  #root = [null];

  /**
   * @param {unknown} snapshot of value where it has been made already, else undefined
   * @returns {unknown} the tree
   */
  write(value, snapshot) {
    if (snapshot === undefined) {
      this.#root[0] = this.#value(value, this.#root, 0, 1);
    } else {
      this.#note(value, this.#root, 0);
      this.#root[0] = this.#plain(value, snapshot, 1, 0);
    }
    for (let i = 0; i < this.#deep.length; i++) {
      const place = this.#deep[i];
      this.#holders[place] = this.#table;
      this.#keys[place] = this.#numbers[place];
      this.#table[this.#numbers[place]] = this.#copy(this.#objects[place], 4, place);
    }
  }

  /** @param {(buffer: ArrayBuffer) => ArrayBuffer} moved */
  finish(transfer) {
    this.#blocks?.look();
    const moved = transfer();
    this.#blocks?.fill({
      moved,
      addBlock: (tag, bytes) => this.#segments().addBlock(tag, bytes),
      share: (place) => this.#reference(place),
      enter: (tag) => ({ $: this.#table.push({ $: tag }) - 1 }),
    });
    this.segments?.settle();
    if (!this.tagged) return this.#root[0];
    this.#escapeDollars();
    for (const place of this.#shared) {
      const holder = this.#holders[place];
      const key = this.#keys[place];
      this.#table[this.#numbers[place]] = holder[key];
      holder[key] = { $: this.#numbers[place] };
    }
    return this.#table.length === 0 ? this.#root[0] : { $: ['graph', this.#root[0], this.#table] };
  }

  /** Only where there are tags can an object be taken for one. */
  #escapeDollars() {
    const escaped = [];
    for (const place of this.#dollars) {
      const holder = this.#holders[place];
      const snapshot = holder[this.#keys[place]];
      const tag = ['Object', '$', null];
      holder[this.#keys[place]] = { $: tag };
      escaped.push({ tag, snapshot });
    }
    // What stands in them may have been moved by the above, but not by what follows: from now on it stands in the tag.
    for (const { tag, snapshot } of escaped) tag[2] = snapshot.$;
    const moved = new Map(escaped.map(({ tag, snapshot }) => [snapshot, tag]));
    if (moved.size === 0) return;
    for (const place of this.#shared) {
      const tag = moved.get(this.#holders[place]);
      if (tag === undefined) continue;
      this.#holders[place] = tag;
      this.#keys[place] = 2;
    }
  }

  #value(value, holder, key, depth) {
    switch (typeof value) {
      case 'object':
        return value === null ? null : this.#object(value, holder, key, depth);
      case 'string':
        return value.length < LONG_TEXT ? value : this.#text(value);
      case 'number':
        return value - value === 0 && (value !== 0 || 1 / value > 0) ? value : this.#oddNumber(value);
      case 'boolean':
        return value;
      case 'undefined':
        this.tagged = true;
        return UNDEFINED;
      case 'bigint':
        return this.#tag('BigInt', this.#string(bigIntToText(value)));
      default:
        throw notCloneable(value);
    }
  }

  #oddNumber(value) {
    this.tagged = true;
    if (value === 0) return MINUS_ZERO;
    if (value > 0) return INFINITE;
    return value < 0 ? MINUS_INFINITE : NAN;
  }

  #tag(...args) {
    this.tagged = true;
    return { $: args };
  }

  #segments() {
    this.segments ??= new Segments();
    return this.segments;
  }

  #text(text) {
    const segment = this.#segments().addText(text);
    return segment === null ? text : this.#tag('text', segment);
  }

  #string(text) {
    return text.length < LONG_TEXT ? text : this.#text(text);
  }

  #object(value, holder, key, depth) {
    const before = this.#find(value);
    if (before >= 0) return this.#reference(before);
    const place = this.#note(value, holder, key);
    if (depth <= DEEPEST) return this.#copy(value, depth, place);
    // It gets its number now and its turn later, so that neither this walk nor that of the receiver goes any deeper.
    this.#number(place, this.#table.push(null) - 1);
    this.#deep.push(place);
    return { $: this.#numbers[place] };
  }

  #find(value) {
    if (this.#places !== null) return intrinsics.mapGet(this.#places, value) ?? -1;
    const objects = this.#objects;
    for (let i = 0; i < objects.length; i++) if (objects[i] === value) return i;
    return -1;
  }

  #note(value, holder, key) {
    const place = this.#objects.push(value) - 1;
    this.#holders.push(holder);
    this.#keys.push(key);
    if (this.#places !== null) {
      intrinsics.mapSet(this.#places, value, place);
    } else if (place === FEW) {
      this.#places = new intrinsics.Map();
      for (let i = 0; i <= place; i++) intrinsics.mapSet(this.#places, this.#objects[i], i);
    }
    return place;
  }

  #number(place, number) {
    this.tagged = true;
    this.#numbers ??= [];
    this.#numbers[place] = number;
  }

  #reference(place) {
    if (this.#numbers?.[place] === undefined) {
      this.#number(place, this.#table.push(null) - 1);
      this.#shared.push(place);
    }
    return { $: this.#numbers[place] };
  }

  #copy(value, depth, place) {
    if (isProxy(value)) throw notCloneable(value);
    if (isArray(value)) return this.#array(value, depth);
    const proto = getPrototypeOf(value);
    if (proto !== ObjectPrototype) return this.#exotic(value, proto, depth, place);
    return this.#plain(value, { ...value }, depth, place);
  }

  #plain(value, snapshot, depth, place) {
    // Something else with the prototype of an object has, as a rule, no members. Or these are numbered, as arguments are.
    if ('0' in snapshot || isEmpty(snapshot)) return this.#exotic(value, ObjectPrototype, depth, place, snapshot);
    return this.#members(snapshot, depth, place);
  }

  /** @param {object} snapshot a copy of an object's own, which becomes part of the tree */
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
      if (hasOwn(snapshot, key)) snapshot[key] = this.#value(value, snapshot, key, depth + 1);
    }
    if (snapshot.$ !== undefined && keysOf(snapshot).length === 1 && hasOwn(snapshot, '$')) this.#dollars.push(place);
    return snapshot;
  }

  #array(value, depth) {
    const { length } = value;
    // The items, and behind them members that are none; without holes.
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
      items[i] = this.#value(item, items, i, depth + 1);
    }
    return items;
  }

  /** With holes, or with members besides the items. */
  #irregular(value, length, values, depth) {
    const keys = keysOf(value);
    const tag = ['Array', length];
    for (let i = 0; i < values.length; i++) {
      const index = Number(keys[i]);
      tag.push(index < length && `${index}` === keys[i] ? index : keys[i]);
      const at = tag.push(null) - 1;
      tag[at] = this.#value(values[i], tag, at, depth + 2);
    }
    this.tagged = true;
    return { $: tag };
  }

  /** @param {object | undefined} snapshot where there is one already */
  #exotic(value, proto, depth, place, snapshot) {
    const brand = proto === null || proto === ObjectPrototype ? 0 : platformBrand(value);
    if (brand === DOM_EXCEPTION) return this.#domException(value);
    if (brand === BLOB) return this.#blob(value);
    if (types.isNativeError(value)) return this.#error(value, depth);
    if (types.isDate(value)) return this.#date(value);
    if (types.isMap(value)) return this.#entries('Map', intrinsics.mapForEach, value, depth);
    if (types.isSet(value)) return this.#entries('Set', intrinsics.setForEach, value, depth);
    if (types.isArrayBufferView(value)) return this.#view(value);
    if (types.isArrayBuffer(value)) return this.#buffer(value, place);
    if (types.isRegExp(value)) return this.#regExp(value);
    if (types.isBoxedPrimitive(value)) return this.#wrapper(value);
    if (isRefused(value)) throw notCloneable(value);
    if (proto !== null && proto !== ObjectPrototype) {
      if (DESCRIPTOR in value) return this.#sharedMemory(value);
      if (!isOrdinary(value, proto)) throw notCloneable(value);
    }
    return this.#members(snapshot ?? { ...value }, depth, place);
  }

  /** All are taken out before the first of them is looked at: its getters may change the rest. */
  #entries(name, forEach, value, depth) {
    const tag = [name];
    forEach(value, name === 'Map' ? (item, key) => tag.push(key, item) : (item) => tag.push(item));
    for (let i = 1; i < tag.length; i++) tag[i] = this.#value(tag[i], tag, i, depth + 2);
    this.tagged = true;
    return { $: tag };
  }

  #date(value) {
    const time = intrinsics.dateGetTime(value);
    return this.#tag('Date', time === time ? time : null);
  }

  #regExp(value) {
    let flags = '';
    for (const { flag, isSet } of FLAGS) if (isSet(value)) flags += flag;
    return this.#tag('RegExp', this.#string(intrinsics.regExpSource(value)), flags);
  }

  #wrapper(value) {
    let inside;
    if (types.isNumberObject(value)) inside = intrinsics.numberValue(value);
    else if (types.isStringObject(value)) inside = intrinsics.stringValue(value);
    else if (types.isBooleanObject(value)) inside = intrinsics.booleanValue(value);
    else if (types.isBigIntObject(value)) inside = intrinsics.bigIntValue(value);
    else throw notCloneable(value);
    // A primitive, which nothing refers to: it needs no place of its own.
    return this.#tag('Wrapper', this.#value(inside));
  }

  #error(value, depth) {
    const { type, message, stack, cause } = readError(value);
    const members = {};
    if (message !== undefined) members.message = this.#string(message);
    if (stack !== undefined) members.stack = this.#string(stack);
    if (cause !== undefined) members.cause = this.#value(cause.value, members, 'cause', depth + 3);
    return this.#tag('Error', type, members);
  }

  #domException(value) {
    const { message, name, stack } = readDOMException(value);
    const tag = this.#tag('DOMException', this.#string(message), this.#string(name));
    if (stack !== undefined) tag.$.push(this.#string(stack));
    return tag;
  }

  #view(value) {
    const { name, buffer } = lookAt(value);
    if (viewType(name) === undefined) throw notCloneable(value);
    if (types.isSharedArrayBuffer(buffer)) throw notCloneable(buffer);
    const tag = this.#tag();
    this.#blocks ??= new Blocks();
    this.#blocks.addView(value, buffer, tag.$);
    return tag;
  }

  #buffer(value, place) {
    const tag = this.#tag();
    this.#blocks ??= new Blocks();
    this.#blocks.addBuffer(value, tag.$, place);
    return tag;
  }

  #blob(value) {
    const file = readFile(value);
    const tag = this.#tag(file === null ? 'Blob' : 'File');
    this.#segments().addBlob(tag.$, value);
    if (file !== null) tag.$.push(this.#string(file.name));
    tag.$.push(intrinsics.blobType(value));
    if (file !== null) tag.$.push(file.lastModified);
    return tag;
  }

  #sharedMemory(value) {
    const index = this.descriptors.push(value[DESCRIPTOR]) - 1;
    this.owners.push(value);
    return this.#tag('SharedMemory', index);
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
