'use strict';
// Where a channel is found: a path, or an abstract name.

const { getSystemErrorMap } = require('node:util');
const errors = require('../../errors');
const { validatePath } = require('../../validate');

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } = errors.codes;

/**
 * @param {unknown} given a path, or { path }, or { name }
 * @returns {string} as the addon takes it: a path, or '@name'
 */
function addressOf(given) {
  if (typeof given === 'string' || given instanceof URL || Buffer.isBuffer(given)) return ofPath(given, 'address');
  if (given === null || typeof given !== 'object') throw new ERR_INVALID_ARG_TYPE('address', ['string', 'Buffer', 'URL', 'Object'], given);
  const { path, name } = given;
  if ((path === undefined) === (name === undefined)) throw new ERR_INVALID_ARG_VALUE('address', given, 'must have a path or a name');
  return path === undefined ? ofName(name) : ofPath(path, 'address.path');
}

function ofPath(given, name) {
  const path = validatePath(given, name).toString();
  if (path === '') throw new ERR_INVALID_ARG_VALUE(name, given, 'must not be empty');
  return path[0] === '@' ? `./${path}` : path;
}

function ofName(name) {
  if (typeof name !== 'string') throw new ERR_INVALID_ARG_TYPE('address.name', 'string', name);
  if (name === '' || name.includes('\0'))
    throw new ERR_INVALID_ARG_VALUE('address.name', name, 'must be a string that is not empty, without null bytes');
  if (process.platform !== 'linux')
    throw new ERR_INVALID_ARG_VALUE('address.name', name, 'is of no use here: only Linux has abstract names');
  return `@${name}`;
}

/** In the words of Node's net. */
function addressError(status, syscall, address) {
  const [code, text] = getSystemErrorMap().get(status) ?? [`errno ${-status}`, 'unknown'];
  return errors.genericNodeError(`${syscall} ${code}: ${text} ${address}`, { errno: status, code, syscall, address });
}

module.exports = { addressError, addressOf };
