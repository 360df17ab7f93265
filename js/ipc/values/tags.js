'use strict';
// What each tag is. `make` makes it, empty where it can hold others; `fill` puts these in. Whoever can hold itself needs both.

const intrinsics = require('./intrinsics');
const { textToBigInt } = require('./bigint');
const { makeDOMException, makeError, setCause } = require('./error-values');
const { makeBlob, makeFile } = require('./files');
const { garbage } = require('./garbage');
const { LONGEST_ARRAY } = require('./limits');
const { isCount } = require('./pieces');
const { VIEW_NAMES, viewType } = require('./views');

const { defineProperty, hasOwn, isArray } = intrinsics;

const NOT_A_DATE = Number.NaN;
/** A Date can be so far from 1970. */
const FARTHEST = 8.64e15;

function take(tag, least, most = least) {
  const count = tag.length - 1;
  if (count < least || count > most) throw garbage(`a ${tag[0]} of ${count} arguments`);
}

function attempt(make, what) {
  try {
    return make();
  } catch {
    throw garbage(what);
  }
}

const text = {
  isPrimitive: true,
  make(reader, tag) {
    take(tag, 1);
    return reader.segmentText(tag[1]);
  },
};

const bigInt = {
  isPrimitive: true,
  make(reader, tag) {
    take(tag, 1);
    const value = textToBigInt(reader.text(tag[1]));
    if (value === undefined) throw garbage('a BigInt that is none');
    return value;
  },
};

const date = {
  make(_, tag) {
    take(tag, 1);
    const time = tag[1];
    if (time !== null && !(typeof time === 'number' && time % 1 === 0 && time <= FARTHEST && time >= -FARTHEST))
      throw garbage('a Date that is none');
    return new intrinsics.NativeDate(time ?? NOT_A_DATE);
  },
};

const regExp = {
  make(reader, tag) {
    take(tag, 2);
    const source = reader.text(tag[1]);
    const flags = reader.text(tag[2]);
    return attempt(() => new intrinsics.NativeRegExp(source, flags), 'a RegExp that is none');
  },
};

const wrapper = {
  make(reader, tag, depth) {
    take(tag, 1);
    const value = reader.value(tag[1], depth);
    const type = typeof value;
    if (type !== 'boolean' && type !== 'number' && type !== 'string' && type !== 'bigint') throw garbage('a Wrapper around something else');
    return intrinsics.toObject(value);
  },
};

const object = {
  make: () => ({}),
  fill(reader, tag, value, depth) {
    if (tag.length % 2 === 0) throw garbage('an Object with half a member');
    for (let i = 1; i < tag.length; i += 2) {
      if (typeof tag[i] !== 'string') throw garbage('an Object with a key that is no string');
      setMember(value, tag[i], reader.value(tag[i + 1], depth));
    }
  },
};

/** Defined, not assigned: `__proto__` is a name like any other. */
function setMember(target, key, value) {
  defineProperty(target, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

const array = {
  make(_, tag) {
    if (tag.length % 2 === 1) throw garbage('an Array with half a member');
    const length = tag[1];
    if (!isCount(length) || length > LONGEST_ARRAY) throw garbage('an Array of an impossible length');
    const made = [];
    // Memory for each hole, up to millions of them, is what V8 would take; not where there are many more of them than of members.
    if (length > 1000 + tag.length * 4) {
      made[LONGEST_ARRAY - 1] = 0;
      delete made[LONGEST_ARRAY - 1];
    }
    made.length = length;
    return made;
  },
  fill(reader, tag, value, depth) {
    for (let i = 2; i < tag.length; i += 2) {
      const key = tag[i];
      if (!(typeof key === 'string' ? isName(key) : isCount(key) && key < tag[1])) throw garbage('an Array with an impossible key');
      setMember(value, key, reader.value(tag[i + 1], depth));
    }
  },
};

/** Neither an index in disguise nor the length. */
function isName(key) {
  const index = +key;
  return key !== 'length' && !(isCount(index) && index < LONGEST_ARRAY && `${index}` === key);
}

const map = {
  make: () => new intrinsics.NativeMap(),
  fill(reader, tag, value, depth) {
    if (tag.length % 2 === 0) throw garbage('a Map with half an entry');
    for (let i = 1; i < tag.length; i += 2) intrinsics.mapSet(value, reader.value(tag[i], depth), reader.value(tag[i + 1], depth));
  },
};

const set = {
  make: () => new intrinsics.NativeSet(),
  fill(reader, tag, value, depth) {
    for (let i = 1; i < tag.length; i++) intrinsics.setAdd(value, reader.value(tag[i], depth));
  },
};

const error = {
  make(reader, tag) {
    take(tag, 2);
    const members = tag[2];
    if (typeof members !== 'object' || members === null || isArray(members)) throw garbage('an Error without members');
    const message = hasOwn(members, 'message') ? reader.text(members.message) : undefined;
    const stack = hasOwn(members, 'stack') ? reader.text(members.stack) : undefined;
    const value = makeError(tag[1], message, stack);
    if (value === undefined) throw garbage('an Error of an unknown type');
    return value;
  },
  fill(reader, tag, value, depth) {
    const members = tag[2];
    if (hasOwn(members, 'cause')) setCause(value, reader.value(members.cause, depth + 1));
  },
};

const domException = {
  make(reader, tag) {
    take(tag, 2, 3);
    return makeDOMException(reader.text(tag[1]), reader.text(tag[2]), tag.length === 4 ? reader.text(tag[3]) : undefined);
  },
};

const arrayBuffer = {
  make(reader, tag) {
    take(tag, 1, 2);
    const bytes = reader.bytes(tag[1]);
    if (tag.length === 2) return bytes;
    const max = tag[2];
    const size = intrinsics.arrayBufferByteLength(bytes);
    if (!isCount(max) || max < size) throw garbage('an ArrayBuffer that is longer than it may get');
    reader.reserve(max);
    const buffer = attempt(
      () => new intrinsics.NativeArrayBuffer(size, { __proto__: null, maxByteLength: max }),
      'an ArrayBuffer that cannot be made',
    );
    intrinsics.typedArraySet(new Uint8Array(buffer), new Uint8Array(bytes));
    return buffer;
  },
};

const view = {
  make(reader, tag, depth) {
    take(tag, 1, 3);
    const type = viewType(tag[0]);
    if (type === undefined) throw garbage(`a ${tag[0]}, which this version of Node.js does not have`);
    const { View } = type;
    if (tag.length === 2) {
      const bytes = reader.bytes(tag[1]);
      return attempt(() => new View(bytes), 'a view on half an item');
    }
    const buffer = reader.buffer(tag[1], depth);
    const byteOffset = tag[2];
    const length = tag[3];
    if (!isCount(byteOffset)) throw garbage('a view at an impossible place');
    if (tag.length === 3 ? !intrinsics.arrayBufferResizable(buffer) : !isCount(length)) throw garbage('a view of an impossible length');
    return attempt(() => new View(buffer, byteOffset, length), 'a view that does not fit');
  },
};

const blob = {
  make(reader, tag) {
    take(tag, 2);
    return makeBlob(reader.bytes(tag[1]), reader.text(tag[2]));
  },
};

const file = {
  make(reader, tag) {
    take(tag, 4);
    if (typeof tag[4] !== 'number') throw garbage('a File without a time');
    return makeFile(reader.bytes(tag[1]), reader.text(tag[2]), reader.text(tag[3]), tag[4]);
  },
};

const sharedMemory = {
  make(reader, tag) {
    take(tag, 1);
    return reader.sharedMemory(tag[1]);
  },
};

const TAGS = {
  __proto__: null,
  text,
  BigInt: bigInt,
  Object: object,
  Array: array,
  Map: map,
  Set: set,
  Date: date,
  RegExp: regExp,
  Wrapper: wrapper,
  Error: error,
  DOMException: domException,
  ArrayBuffer: arrayBuffer,
  Blob: blob,
  File: file,
  SharedMemory: sharedMemory,
};
for (const name of VIEW_NAMES) TAGS[name] = view;

module.exports = { TAGS };
