'use strict';
// The tags of objects that are more than their members.

const { types } = require('node:util');
const { BLOB, DOM_EXCEPTION, VEILED, isOrdinary, isRefused, platformBrand } = require('./brand');
const { notCloneable } = require('./clone-error');
const { readDOMException, readError } = require('./error-values');
const { readFile } = require('./files');
const intrinsics = require('./intrinsics');
const { lookAt, viewType } = require('./views');

/** By which an object says that it is memory shared with the peer, and gives the descriptor. See js/ipc/shared-memory.js. */
const DESCRIPTOR = Symbol.for('@x/procs.descriptor');

const FLAGS = [];
for (const [flag, name] of Object.entries({
  d: 'hasIndices',
  g: 'global',
  i: 'ignoreCase',
  m: 'multiline',
  s: 'dotAll',
  u: 'unicode',
  v: 'unicodeSets',
  y: 'sticky',
})) {
  FLAGS.push({ flag, isSet: intrinsics.uncurryThis(intrinsics.getOwnPropertyDescriptor(RegExp.prototype, name).get) });
}

/**
 * @param {import('./writer').Writer} writer
 * @param {object} value neither a Proxy nor an array
 * @param {object | null} proto its prototype
 * @param {number} depth levels of JSON down to here
 * @returns {unknown} its tree; undefined: it is its members
 */
function writeExotic(writer, value, proto, depth, place) {
  if (types.isDate(value)) return writeDate(writer, value);
  if (types.isMap(value)) return writeMap(writer, value, depth);
  if (types.isSet(value)) return writeSet(writer, value, depth);
  if (types.isArrayBufferView(value)) return writeView(writer, value);
  if (types.isArrayBuffer(value)) return writeArrayBuffer(writer, value, place);
  if (types.isRegExp(value)) return writeRegExp(writer, value);
  const brand = platformBrand(value, proto);
  if (brand === DOM_EXCEPTION) return writeDOMException(writer, value);
  if (brand === BLOB) return writeBlob(writer, value);
  if (types.isNativeError(value)) return writeError(writer, value, depth);
  if (types.isBoxedPrimitive(value)) return writeWrapper(writer, value);
  if (isRefused(value)) throw notCloneable(value);
  if (proto === null || proto === intrinsics.ObjectPrototype) return undefined;
  if (brand !== VEILED && DESCRIPTOR in value) return writeSharedMemory(writer, value);
  if (!isOrdinary(value, proto)) throw notCloneable(value);
  return undefined;
}

function writeDate(writer, value) {
  const time = intrinsics.dateGetTime(value);
  return writer.tag(['Date', time - time === 0 ? time : null]);
}

function writeRegExp(writer, value) {
  let flags = '';
  for (let i = 0; i < FLAGS.length; i++) if (FLAGS[i].isSet(value)) flags += FLAGS[i].flag;
  return writer.tag(['RegExp', writer.text(intrinsics.regExpSource(value)), flags]);
}

/** Around a primitive, which nothing refers to. */
function writeWrapper(writer, value) {
  if (types.isNumberObject(value)) return writer.tag(['Wrapper', writer.value(intrinsics.numberValue(value))]);
  if (types.isStringObject(value)) return writer.tag(['Wrapper', writer.value(intrinsics.stringValue(value))]);
  if (types.isBooleanObject(value)) return writer.tag(['Wrapper', intrinsics.booleanValue(value)]);
  if (types.isBigIntObject(value)) return writer.tag(['Wrapper', writer.value(intrinsics.bigIntValue(value))]);
  throw notCloneable(value);
}

/** All are taken out before the first of them is looked at: its getters may change the rest. */
function writeMap(writer, value, depth) {
  const tag = ['Map'];
  intrinsics.mapForEach(value, (item, key) => {
    tag[tag.length] = key;
    tag[tag.length] = item;
  });
  return writeItems(writer, tag, depth);
}

function writeSet(writer, value, depth) {
  const tag = ['Set'];
  intrinsics.setForEach(value, (item) => {
    tag[tag.length] = item;
  });
  return writeItems(writer, tag, depth);
}

function writeItems(writer, tag, depth) {
  for (let i = 1; i < tag.length; i++) tag[i] = writer.value(tag[i], tag, i, depth + 2);
  return writer.tag(tag);
}

function writeError(writer, value, depth) {
  const { type, message, stack, cause } = readError(value);
  const members = {};
  if (message !== undefined) members.message = writer.text(message);
  if (stack !== undefined) members.stack = writer.text(stack);
  if (cause !== undefined) members.cause = writer.value(cause.value, members, 'cause', depth + 3);
  return writer.tag(['Error', type, members]);
}

function writeDOMException(writer, value) {
  const { message, name, stack } = readDOMException(value);
  const tag = ['DOMException', writer.text(message), writer.text(name)];
  if (stack !== undefined) tag[3] = writer.text(stack);
  return writer.tag(tag);
}

function writeView(writer, value) {
  const { name, buffer } = lookAt(value);
  if (viewType(name) === undefined) throw notCloneable(value);
  if (types.isSharedArrayBuffer(buffer)) throw notCloneable(buffer);
  const tag = [];
  writer.blocks().addView(value, buffer, tag);
  return writer.tag(tag);
}

function writeArrayBuffer(writer, value, place) {
  const tag = [];
  writer.blocks().addBuffer(value, tag, place);
  return writer.tag(tag);
}

function writeBlob(writer, value) {
  const file = readFile(value);
  const tag = [file === null ? 'Blob' : 'File'];
  writer.segments().addBlob(tag, value);
  if (file !== null) tag[2] = writer.text(file.name);
  tag[tag.length] = intrinsics.blobType(value);
  if (file !== null) tag[4] = file.lastModified;
  return writer.tag(tag);
}

function writeSharedMemory(writer, value) {
  return writer.tag(['SharedMemory', writer.addDescriptor(value[DESCRIPTOR], value)]);
}

module.exports = { writeExotic };
