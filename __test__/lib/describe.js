'use strict';
// Values of a trace as JSON can carry them, so that what two implementations showed can be compared.

const { createHash } = require('node:crypto');

const MAX_DEPTH = 12;
const MAX_TEXT = 2000;

/** What a person would look at in a value: for an error its head, code and properties, for a stream its class. */
function describe(value, depth = 0) {
  switch (typeof value) {
    case 'string':
      return value.length <= MAX_TEXT ? value : `${value.slice(0, 100)}… (${value.length} characters, ${hash(value)})`;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : `<${Object.is(value, -0) ? '-0' : value}>`;
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : describeObject(value, depth);
    case 'function':
      return `<function ${value.name}>`;
    default:
      return `<${String(value)}>`;
  }
}

function describeObject(value, depth) {
  if (depth >= MAX_DEPTH) return '<deep>';
  if (value instanceof Error) return describeError(value, depth);
  if (Buffer.isBuffer(value)) return { buffer: describe(value.toString('latin1')) };
  if (Array.isArray(value)) return value.map((item) => describe(item, depth + 1));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return `<${prototype.constructor.name}>`;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, describe(item, depth + 1)]));
}

function describeError(error, depth) {
  const properties = Object.fromEntries(
    Object.keys(error)
      .sort()
      // execSync's has itself as a property.
      .map((key) => [key, error[key] === error ? '<itself>' : describe(error[key], depth + 1)]),
  );
  return {
    error: `${error.stack}`.split('\n', 1)[0],
    message: describe(error.message),
    name: error.name,
    class: error.constructor.name,
    ...('cause' in error && { cause: describe(error.cause, depth + 1) }),
    properties,
  };
}

function hash(text) {
  return createHash('sha1').update(text).digest('hex');
}

/** A result of spawnSync, or its error, without what differs from run to run. */
function withoutPid(result) {
  if (result?.pid > 0) result.pid = '<pid>';
  return result;
}

module.exports = { describe, withoutPid };
