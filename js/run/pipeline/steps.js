'use strict';
// What each argument of pipeline() is, and whether it may stand where it stands. Nothing is started here, so that what is wrong with
// the last step is said before the first one runs.

const { types } = require('util');
const errors = require('../../errors');
const { validatePath } = require('../../validate');
const { Command } = require('./command');

/**
 * @typedef {{ kind: 'command', file: any, args: any, options: object }
 *   | { kind: 'started', subprocess: object, options: object }
 *   | { kind: 'function', call: Function }
 *   | { kind: 'stream', stream: object }
 *   | { kind: 'target', target: object }} Step
 */

/**
 * @param {any[]} given the steps, without the options
 * @param {(value: any) => object | undefined} startedOf the subprocess that a value is, if it is one
 * @returns {Step[]}
 */
function stepsOf(given, startedOf) {
  const steps = given.map((value, i) => stepOf(value, `steps[${i}]`, startedOf));
  steps.forEach((step, i) => {
    refuseMisplaced(step, given[i], `steps[${i}]`, i === 0, i === steps.length - 1);
  });
  if (!steps.some(isProcess)) throw new errors.codes.ERR_INVALID_ARG_VALUE('steps', given, 'must hold at least one command');
  return steps;
}

function stepOf(value, name, startedOf) {
  if (Array.isArray(value)) return commandOf(value, name);
  if (typeof value === 'string') return { __proto__: null, kind: 'target', target: { __proto__: null, kind: 'string', value } };
  if (typeof value === 'function') return { __proto__: null, kind: 'function', call: value };
  if (value === null || typeof value !== 'object') throw noStep(value, name);
  if (value instanceof Command)
    return { __proto__: null, kind: 'command', file: value.file, args: value.args, options: value.options ?? {} };
  const subprocess = startedOf(value);
  if (subprocess !== undefined) return { __proto__: null, kind: 'started', subprocess, options: {} };
  if (types.isArrayBufferView(value) || types.isAnyArrayBuffer(value))
    return { __proto__: null, kind: 'target', target: { __proto__: null, kind: 'bytes', value: bytesOf(value) } };
  if (isStream(value)) return { __proto__: null, kind: 'stream', stream: value };
  if (Object.hasOwn(value, 'file'))
    return Object.hasOwn(value, 'args') ? commandOf([value.file, value.args, value.options], name) : fileOf(value, name);
  if (isIterable(value)) return { __proto__: null, kind: 'target', target: { __proto__: null, kind: 'iterable', value } };
  throw noStep(value, name);
}

function commandOf([file, args, options, ...more], name) {
  if (more.length > 0) throw new errors.codes.ERR_INVALID_ARG_VALUE(name, more, 'must be [file, args, options]');
  const bare = options === undefined && args !== undefined && !Array.isArray(args);
  const given = (bare ? args : options) ?? {};
  if (typeof given !== 'object' || Array.isArray(given))
    throw new errors.codes.ERR_INVALID_ARG_TYPE(`${name}[${bare ? 1 : 2}]`, 'Object', given);
  return { __proto__: null, kind: 'command', file, args: bare ? [] : (args ?? []), options: given };
}

function fileOf({ file, append = false }, name) {
  const value = validatePath(file, `${name}.file`);
  return { __proto__: null, kind: 'target', target: { __proto__: null, kind: 'file', value, append: Boolean(append) } };
}

function bytesOf(value) {
  if (types.isAnyArrayBuffer(value)) return new Uint8Array(value);
  return types.isUint8Array(value) ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function refuseMisplaced(step, value, name, isFirst, isLast) {
  if (step.kind === 'target' && !isFirst && !(isLast && step.target.kind === 'file')) {
    const where = step.target.kind === 'file' ? 'must stand first or last' : 'must stand first: it is only a source';
    throw new errors.codes.ERR_INVALID_ARG_VALUE(name, value, where);
  }
  if (step.kind !== 'stream') return;
  if (!isFirst && !takesInput(step.stream))
    throw new errors.codes.ERR_INVALID_ARG_VALUE(name, value, 'must be writable: a step stands before it');
  if (!isLast && !givesOutput(step.stream))
    throw new errors.codes.ERR_INVALID_ARG_VALUE(name, value, 'must be readable: a step stands behind it');
}

function noStep(value, name) {
  return new errors.codes.ERR_INVALID_ARG_VALUE(name, value, 'must be a command, a function, a stream or { file }');
}

function isProcess({ kind }) {
  return kind === 'command' || kind === 'started';
}

/** By shape: streams of other realms and of readable-stream are streams, too. */
function isStream(value) {
  return isNodeStream(value) || isWebStream(value);
}

function isNodeStream(value) {
  return typeof value.on === 'function' && (typeof value.pipe === 'function' || typeof value.write === 'function');
}

function isWebStream(value) {
  return typeof value.getReader === 'function' || typeof value.getWriter === 'function' || isWebPair(value);
}

/** TransformStream, CompressionStream and their like. */
function isWebPair(value) {
  return typeof value.readable?.getReader === 'function' && typeof value.writable?.getWriter === 'function';
}

function takesInput(stream) {
  return typeof stream.getWriter === 'function' || isWebPair(stream) || typeof stream.write === 'function';
}

function givesOutput(stream) {
  return typeof stream.getReader === 'function' || isWebPair(stream) || typeof stream.read === 'function';
}

function isIterable(value) {
  return typeof value[Symbol.asyncIterator] === 'function' || typeof value[Symbol.iterator] === 'function';
}

/** Whether it can be a step at all; what else stands last are the options. */
function isStep(value, startedOf) {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof Command) return true;
  if (startedOf(value) !== undefined || types.isArrayBufferView(value) || types.isAnyArrayBuffer(value)) return true;
  return Object.hasOwn(value, 'file') || isStream(value) || isIterable(value);
}

module.exports = { stepsOf, isStep, isProcess, isIterable, isWebPair };
