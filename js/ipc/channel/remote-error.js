'use strict';
// Errors across the channel: from what was thrown to a plain object, and back to an instance of the class that both sides know. See
// "Errors" in docs/protocol.md.

const { inspect, types } = require('node:util');
const { encode } = require('../values');

const BUILT_IN = { __proto__: null, Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError };
/** Those have a place of their own. */
const FIELDS = new Set(['name', 'message', 'stack', 'code', 'cause', 'errors']);
/** Causes have causes; and an error can be its own. */
const DEEPEST = 16;

/**
 * Of whatever was thrown. Looking at it can throw in turn (a Proxy, a getter, an inspect() of the user's): the program does not end by that.
 * @returns {object} plain, and such as encode() takes
 */
function describe(thrown, depth = 0) {
  try {
    return described(thrown, depth);
  } catch {
    return { name: 'Error', message: 'What was thrown cannot be looked at' };
  }
}

function described(thrown, depth) {
  if (!isError(thrown)) return { thrown: sendable(thrown) ? thrown : inspect(thrown, { depth: 1 }) };
  const plain = { name: text(thrown, 'name', 'Error'), message: text(thrown, 'message', '') };
  const known = classOf(thrown);
  if (known !== plain.name && known !== 'Error') plain.class = known;
  const stack = read(thrown, 'stack');
  if (typeof stack === 'string') plain.stack = stack;
  const code = read(thrown, 'code');
  // A DOMException's is made of its name.
  if (code !== undefined && known !== 'DOMException' && sendable(code)) plain.code = code;
  if (depth < DEEPEST) {
    if (Object.hasOwn(thrown, 'cause')) plain.cause = describe(read(thrown, 'cause'), depth + 1);
    const errors = read(thrown, 'errors');
    if (known === 'AggregateError' && Array.isArray(errors)) plain.errors = errors.map((error) => describe(error, depth + 1));
  }
  const properties = ownProperties(thrown);
  if (properties !== null) plain.properties = properties;
  return plain;
}

function ownProperties(error) {
  let properties = null;
  for (const key of Object.keys(error)) {
    if (FIELDS.has(key)) continue;
    let value = read(error, key);
    if (value === undefined) continue;
    if (!sendable(value)) {
      if (key !== 'issues' || read(error, 'code') !== 'ERR_PROCS_IPC_INVALID') continue;
      value = plainIssues(value);
    }
    properties ??= {};
    define(properties, key, value, true);
  }
  return properties;
}

/** arktype's have functions in them. Every schema's have these two. */
function plainIssues(issues) {
  return Array.from(issues, ({ message, path }) => ({
    message: `${message}`,
    path: Array.from(path ?? [], (segment) => String(segment?.key ?? segment)),
  }));
}

/** Of this realm or another. */
function isError(value) {
  return types.isNativeError(value) || value instanceof Error || isDOMException(value);
}

function isDOMException(value) {
  return Object.prototype.toString.call(value) === '[object DOMException]';
}

/** By name, since in Jest and vm an error's class is not the one of this realm. */
function classOf(error) {
  if (isDOMException(error)) return 'DOMException';
  for (let prototype = Object.getPrototypeOf(error); prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const name = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value?.name;
    if (name in BUILT_IN || name === 'AggregateError') return name;
  }
  return 'Error';
}

/** A getter of the user's may throw: then there is nothing to tell. */
function read(object, key) {
  try {
    return object[key];
  } catch {
    return undefined;
  }
}

function text(error, key, fallback) {
  const value = read(error, key);
  return typeof value === 'string' ? value : fallback;
}

function sendable(value) {
  try {
    encode(value);
    return true;
  } catch {
    return false; // a function, say: what was thrown is told all the same
  }
}

/** @param {unknown} described what came in; it may be anything */
function revive(described) {
  if (described === null || typeof described !== 'object') return described;
  if ('thrown' in described) return described.thrown;
  const name = asText(described.name, 'Error');
  const error = instance(described, name, asText(described.message, ''));
  if (error.name !== name) define(error, 'name', name, false);
  if (typeof described.stack === 'string') define(error, 'stack', described.stack, false);
  const { properties } = described;
  if (properties !== null && typeof properties === 'object') {
    for (const key of Object.keys(properties)) if (!FIELDS.has(key)) define(error, key, properties[key], true);
  }
  if ('code' in described && !isDOMException(error)) define(error, 'code', described.code, true);
  if ('cause' in described) define(error, 'cause', revive(described.cause), false);
  return error;
}

function instance(described, name, message) {
  const known = described.class ?? name;
  if (known === 'DOMException') return new DOMException(message, name);
  if (known === 'AggregateError') {
    return new AggregateError(Array.isArray(described.errors) ? described.errors.map(revive) : [], message);
  }
  return new (BUILT_IN[known] ?? Error)(message);
}

function asText(value, fallback) {
  return typeof value === 'string' ? value : fallback;
}

function define(object, key, value, enumerable) {
  Object.defineProperty(object, key, { __proto__: null, value, enumerable, writable: true, configurable: true });
}

module.exports = { describe, revive };
