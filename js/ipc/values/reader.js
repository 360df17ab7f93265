'use strict';
// From the JSON of a frame with tags to the value. Nothing of it is trusted: what does not fit is garbage, and costs no more than its bytes.
//
// The tree that JSON.parse made becomes the value: its objects and arrays stay, and tags are replaced where they stand.

const { isArray, keysOf, stringSlice } = require('./intrinsics');
const { garbage } = require('./garbage');
const { DEEPEST_TAKEN, MOST_RESERVED } = require('./limits');
const { Pieces, isCount } = require('./pieces');
const { TAGS } = require('./tags');

const CONSTANTS = {
  __proto__: null,
  undefined: undefined,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};

class Reader {
  #pieces;
  #adopt;
  #adopted = [];
  #reserved = 0;
  /** Entries of the table as they came, and what has been made of each. */
  #entries = [];
  #made = [];

  /**
   * @param {{type: 'b' | 's' | 'l' | 'u', bytes: Uint8Array | ArrayBuffer | string}[]} segments
   * @param {((descriptor: number) => object) | undefined} adopt makes shared memory of a descriptor of the frame
   */
  constructor(segments, adopt) {
    this.#pieces = new Pieces(segments);
    this.#adopt = adopt;
  }

  read(tree) {
    if (!isGraph(tree)) return this.value(tree, 1);
    const root = tree.$[1];
    const entries = tree.$[2];
    if (tree.$.length !== 3 || !isArray(entries)) throw garbage('a graph without a table');
    this.#entries = entries;
    // First all of them, empty; then what is in each. So none of them waits for another, however long the chain.
    for (let i = 0; i < entries.length; i++) this.#make(i);
    for (let i = 0; i < entries.length; i++) this.#fill(entries[i], this.#made[i], 4);
    return this.value(root, 3);
  }

  /** @param {number} depth of the tree, from 1 */
  value(tree, depth) {
    if (typeof tree !== 'object' || tree === null) return tree;
    if (depth > DEEPEST_TAKEN) throw garbage(`nested deeper than ${DEEPEST_TAKEN} levels`);
    return isTagged(tree) ? this.#tagged(tree.$, depth) : this.#members(tree, depth);
  }

  /** In place. An own `__proto__` is a member like any other, to be read and to be set. */
  #members(tree, depth) {
    if (isArray(tree)) {
      for (let i = 0; i < tree.length; i++) {
        const item = tree[i];
        if (typeof item === 'object' && item !== null) tree[i] = this.value(item, depth + 1);
      }
      return tree;
    }
    const keys = keysOf(tree);
    for (let i = 0; i < keys.length; i++) {
      const member = tree[keys[i]];
      if (typeof member === 'object' && member !== null) tree[keys[i]] = this.value(member, depth + 1);
    }
    return tree;
  }

  #tagged(tag, depth) {
    if (typeof tag === 'string' && tag in CONSTANTS) return CONSTANTS[tag];
    if (typeof tag === 'number') return this.#reference(tag);
    const type = typeOf(tag);
    const value = type.make(this, tag, depth + 2);
    type.fill?.(this, tag, value, depth + 2);
    return value;
  }

  #reference(number) {
    if (!isCount(number) || number >= this.#entries.length) throw garbage(`entry ${number} of a table is not there`);
    return this.#make(number);
  }

  /** Of the types only views ask for another entry, and that has to be an ArrayBuffer: no circle is possible here. */
  #make(number) {
    const made = this.#made[number];
    if (made !== undefined) return made;
    const entry = this.#entries[number];
    if (typeof entry !== 'object' || entry === null) throw garbage('an entry of a table that is no object');
    let value = entry;
    if (isTagged(entry)) {
      const type = typeOf(entry.$);
      if (type.isPrimitive) throw garbage('an entry of a table that is no object');
      value = type.make(this, entry.$, 6);
    }
    this.#made[number] = value;
    return value;
  }

  #fill(entry, value, depth) {
    if (entry === value) this.#members(entry, depth);
    else typeOf(entry.$).fill?.(this, entry.$, value, depth + 2);
  }

  /** Of the block that a view is on. */
  buffer(tree, depth) {
    if (typeof tree !== 'object' || tree === null || isArray(tree) || !isTagged(tree)) throw garbage('a view without an ArrayBuffer');
    let tag = tree.$;
    if (typeof tag === 'number') tag = this.#entries[tag]?.$;
    if (!isArray(tag) || tag[0] !== 'ArrayBuffer') throw garbage('a view without an ArrayBuffer');
    return this.value(tree, depth);
  }

  /** @returns {string} */
  text(tree) {
    if (typeof tree === 'string') return tree;
    if (typeof tree === 'object' && tree !== null && !isArray(tree) && isTagged(tree) && isArray(tree.$) && tree.$[0] === 'text') {
      return this.#tagged(tree.$, 1);
    }
    throw garbage('something else in place of a text');
  }

  segmentText(index) {
    return this.#pieces.text(index);
  }

  bytes(place) {
    return this.#pieces.take(place);
  }

  /** Address space is taken for what a resizable ArrayBuffer may become. */
  reserve(size) {
    this.#reserved += size;
    if (this.#reserved > MOST_RESERVED) throw garbage('resizable ArrayBuffers of more than 4 GiB together');
  }

  sharedMemory(descriptor) {
    if (!isCount(descriptor) || this.#adopt === undefined || this.#adopted[descriptor] === true)
      throw garbage('shared memory without a descriptor');
    this.#adopted[descriptor] = true;
    return this.#adopt(descriptor);
  }
}

function isTagged(tree) {
  if (isArray(tree)) return false;
  const keys = keysOf(tree);
  return keys.length === 1 && keys[0] === '$';
}

const isGraph = (tree) => typeof tree === 'object' && tree !== null && isTagged(tree) && isArray(tree.$) && tree.$[0] === 'graph';

function typeOf(tag) {
  const type = isArray(tag) && typeof tag[0] === 'string' ? TAGS[tag[0]] : undefined;
  if (type === undefined)
    throw garbage(typeof tag?.[0] === 'string' ? `an unknown tag: ${stringSlice(tag[0], 0, 80)}` : 'a tag without a name');
  return type;
}

module.exports = { Reader };
