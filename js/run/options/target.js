'use strict';
// One value of stdin, stdout, stderr or stdio: what the child's stream is connected to.

const { fstatSync } = require('fs');
const { types } = require('util');
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, boolean, integer, isPlain, path } = require('./checks');

/**
 * @typedef {object} Target
 * @property {'pipe' | 'inherit' | 'ignore' | 'fd' | 'file' | 'nodeStream' | 'webStream' | 'iterable' | 'bytes' | 'string'} kind
 * @property {any} [value] of 'fd' the number, of 'file' the path, otherwise what was given
 * @property {boolean} [append] of 'file'
 * @property {'in' | 'out' | undefined} direction undefined: either
 */

const PIPE = Object.freeze({ __proto__: null, kind: 'pipe', direction: undefined });
const INHERIT = Object.freeze({ __proto__: null, kind: 'inherit', direction: undefined });
const IGNORE = Object.freeze({ __proto__: null, kind: 'ignore', direction: undefined });
const WORDS = { __proto__: null, pipe: PIPE, overlapped: PIPE, inherit: INHERIT, ignore: IGNORE };

const fdNumber = integer(0, 2 ** 31 - 1);

/** @returns {Target} */
function targetOf(value, name) {
  switch (typeof value) {
    case 'string':
      return word(value, name);
    case 'number':
      return openFd(fdNumber(value, name), value, name);
    case 'object':
      return object(value, name);
    case 'function':
      throw new ERR_INVALID_ARG_VALUE(name, value, 'cannot be a function. A function that changes what flows is a step of pipeline()');
    default:
      throw unfit(name, value);
  }
}

function word(value, name) {
  const target = WORDS[value];
  if (target !== undefined) return target;
  if (value === 'ipc') throw new ERR_INVALID_ARG_VALUE(name, value, "cannot hold 'ipc'. Use 'ipc: true'");
  throw new ERR_INVALID_ARG_VALUE(name, value, "must be 'pipe', 'inherit', 'ignore' or a value such as { file: 'path' }");
}

function openFd(fd, value, name) {
  try {
    fstatSync(fd);
  } catch (error) {
    if (error.code === 'EBADF') throw new ERR_INVALID_ARG_VALUE(name, fd, 'is not an open file descriptor');
    throw error;
  }
  // The owner is kept, so that a FileHandle is not closed by the garbage collector meanwhile.
  return { __proto__: null, kind: 'fd', value: fd, owner: value, direction: undefined };
}

function object(value, name) {
  if (value === null) throw unfit(name, value);
  if (types.isArrayBufferView(value)) return { __proto__: null, kind: 'bytes', value: bytesOf(value), direction: 'in' };
  const stream = streamOf(value);
  if (stream !== undefined) return stream;
  if (value instanceof URL || types.isAnyArrayBuffer(value)) return fileOrBuffer(value, name);
  if (isPlain(value) && Object.hasOwn(value, 'file')) return file(value, name);
  if (typeof value.fd === 'number' && typeof value.close === 'function') return openFd(value.fd, value, name);
  if (value[Symbol.asyncIterator] || value[Symbol.iterator]) return { __proto__: null, kind: 'iterable', value, direction: 'in' };
  // A URL of another realm, as in Jest's: only path() knows.
  if (typeof value.href === 'string') return fileOrBuffer(value, name);
  throw unfit(name, value);
}

function fileOrBuffer(value, name) {
  if (types.isAnyArrayBuffer(value)) return { __proto__: null, kind: 'bytes', value: new Uint8Array(value), direction: 'in' };
  return { __proto__: null, kind: 'file', value: path(value, name), append: false, direction: undefined };
}

function file(value, name) {
  const append = Object.hasOwn(value, 'append') && value.append !== undefined && boolean(value.append, `${name}.append`);
  return { __proto__: null, kind: 'file', value: path(value.file, `${name}.file`), append, direction: append ? 'out' : undefined };
}

/** By what they can do, and not by instanceof: streams come from other realms and from readable-stream. */
function streamOf(value) {
  if (typeof value.getReader === 'function') return { __proto__: null, kind: 'webStream', value, direction: 'in' };
  if (typeof value.getWriter === 'function') return { __proto__: null, kind: 'webStream', value, direction: 'out' };
  if (typeof value.pipe !== 'function' || typeof value.on !== 'function') return undefined;
  const readable = typeof value.read === 'function' && value.readable !== undefined && value._readableState !== undefined;
  const writable = typeof value.write === 'function' && value._writableState !== undefined;
  const direction = readable === writable ? undefined : readable ? 'in' : 'out';
  return { __proto__: null, kind: 'nodeStream', value, direction };
}

function bytesOf(view) {
  return types.isUint8Array(view) ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function unfit(name, value) {
  const what = 'a stdio value: a word, a file descriptor, { file }, a file: url, a stream, an iterable or an array of these';
  return new ERR_INVALID_ARG_TYPE(name, what, value);
}

module.exports = { targetOf, bytesOf, PIPE, INHERIT, IGNORE };
