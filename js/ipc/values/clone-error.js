'use strict';
// What cannot be cloned is said as structuredClone says it.

const {
  NativeDOMException,
  functionToString,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isArray,
  objectToString,
  symbolToString,
} = require('./intrinsics');
const { isProxy } = require('node:util').types;

/** @returns {DOMException} a DataCloneError, code 25 */
function dataCloneError(message) {
  return new NativeDOMException(message, 'DataCloneError');
}

function notCloneable(value) {
  return dataCloneError(`${describe(value)} could not be cloned.`);
}

function describe(value) {
  if (typeof value === 'symbol') return symbolToString(value);
  if (isProxy(value)) return typeof value === 'function' ? 'A Proxy' : '#<Object>';
  if (typeof value === 'function') return functionToString(value);
  if (isArray(value)) return '[object Array]';
  const name = className(value);
  return name === '' ? objectToString(value) : `#<${name}>`;
}

/** Without calling anything of the user's. */
function className(value) {
  for (let proto = getPrototypeOf(value); proto !== null && !isProxy(proto); proto = getPrototypeOf(proto)) {
    const own = getOwnPropertyDescriptor(proto, 'constructor')?.value;
    if (typeof own !== 'function' || isProxy(own)) continue;
    const name = getOwnPropertyDescriptor(own, 'name')?.value;
    return typeof name === 'string' ? name : '';
  }
  return '';
}

module.exports = { dataCloneError, notCloneable };
