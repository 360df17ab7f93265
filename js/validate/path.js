'use strict';
// A path as Node's fs takes it: string, Uint8Array or file: URL, without NUL bytes.

const { isUint8Array } = require('util').types;
const { fileURLToPath } = require('url');
const errors = require('../errors');

const NUL = '\0';

/** @returns {string | Uint8Array} */
function validatePath(value, name) {
  const path = isURL(value) ? fileURLToPath(value) : value;
  if (typeof path === 'string') {
    if (!path.includes(NUL)) return path;
  } else if (isUint8Array(path)) {
    if (!path.includes(0)) return path;
  } else {
    throw new errors.codes.ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'URL'], path);
  }
  throw new errors.codes.ERR_INVALID_ARG_VALUE(name, path, 'must be a string, Uint8Array, or URL without null bytes');
}

/** Not instanceof: URLs of other realms (Jest, vm) are URLs too. `auth` and `path` are what the legacy url.parse() has. */
function isURL(value) {
  return Boolean(value?.href && value.protocol && value.auth === undefined && value.path === undefined);
}

module.exports = { validatePath };
