'use strict';
// What an object really is, whatever its prototype and its Symbol.toStringTag say.

const { types } = require('node:util');
const { markAsUncloneable } = require('node:worker_threads');
const {
  BlobPrototype,
  DOMExceptionPrototype,
  NativeWeakSet,
  ObjectPrototype,
  blobSize,
  domExceptionName,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  keysOf,
  stringIncludes,
  structuredClone,
  weakSetAdd,
  weakSetHas,
} = require('./intrinsics');

const { isProxy } = types;

/** What no copy can be made of, although it may look like an object without members. */
const REFUSED = [
  types.isArgumentsObject,
  types.isExternal,
  types.isGeneratorObject,
  types.isMapIterator,
  types.isModuleNamespaceObject,
  types.isPromise,
  types.isSetIterator,
  types.isSharedArrayBuffer,
  types.isWeakMap,
  types.isWeakSet,
];

function isRefused(value) {
  for (let i = 0; i < REFUSED.length; i++) if (REFUSED[i](value)) return true;
  return false;
}

const BLOB = 1;
const DOM_EXCEPTION = 2;
/** There is a Proxy among its prototypes, which would be called by whoever looks further. */
const VEILED = 3;
const OTHER = 0;

/** Of the objects that Node makes in JavaScript: only their own getters know them, and these throw, which is slow. So the prototypes are asked first. */
function platformBrand(value, prototype) {
  for (let proto = prototype; proto !== null && proto !== ObjectPrototype; proto = getPrototypeOf(proto)) {
    if (isProxy(proto)) return VEILED;
    if (proto === BlobPrototype) return answers(blobSize, value) ? BLOB : OTHER;
    if (proto === DOMExceptionPrototype) return answers(domExceptionName, value) ? DOM_EXCEPTION : OTHER;
  }
  return OTHER;
}

function answers(getter, value) {
  try {
    getter(value);
    return true;
  } catch {
    return false;
  }
}

/** Prototypes of instances that structuredClone took for objects with members. */
const ordinary = new NativeWeakSet();

/**
 * Whether an object that is nothing else is one with members, as an instance of a class is. Iterators, WeakRef, Intl's and the platform's own
 * (URL, Response, keys, handles) are not, and nothing but V8 and Node themselves can tell, so they are asked.
 */
function isOrdinary(value, proto) {
  if (proto === ObjectPrototype || proto === null || weakSetHas(ordinary, proto)) return true;
  // Without members it can be tried without calling a getter of the user's. Not remembered: the next of the same prototype may be another.
  if (keysOf(value).length === 0) return becomesObject(value) && !(markAsUncloneable === undefined && isUncloneableOfLater(proto));
  if (isHost(value)) return false;
  weakSetAdd(ordinary, proto);
  return true;
}

function becomesObject(value) {
  try {
    // Keys and the like become keys. An object with members has nothing but the prototype of objects, of whichever context.
    return getPrototypeOf(getPrototypeOf(structuredClone(value))) === null;
  } catch {
    return false;
  }
}

/** What is handed over rather than cloned, such as a FileHandle. That it is there twice is found before anything is handed over. */
function isHost(value) {
  try {
    structuredClone(0, { transfer: [value, value] });
    return true;
  } catch (error) {
    return stringIncludes(error.message, 'duplicate');
  }
}

/** Node 20 makes empty objects of these, Node 22 and later refuse them: one answer for all. */
const UNCLONEABLE = ['URL', 'URLSearchParams', 'FormData', 'Headers', 'Request', 'Response', 'WebSocket', 'MessageEvent', 'EventSource'];

function isListed(name) {
  for (let i = 0; i < UNCLONEABLE.length; i++) if (UNCLONEABLE[i] === name) return true;
  return false;
}

function isUncloneableOfLater(prototype) {
  for (let proto = prototype; proto !== null && !isProxy(proto); proto = getPrototypeOf(proto)) {
    const own = getOwnPropertyDescriptor(proto, 'constructor')?.value;
    if (typeof own !== 'function' || isProxy(own) || !isListed(own.name)) continue;
    if (hasOwn(globalThis, own.name) && globalThis[own.name] === own) return true;
  }
  return false;
}

module.exports = { BLOB, DOM_EXCEPTION, VEILED, isOrdinary, isRefused, platformBrand };
