'use strict';
// What stands in a marker: the result, as a frame of the protocol would carry it.

const { genericNodeError } = require('../../errors');

/** @returns {string | Uint8Array} */
function encode(result) {
  return result === undefined ? '' : `${JSON.stringify(result)}\n`;
}

/** @param {Buffer} bytes of an empty file: there is no result */
function decode(bytes) {
  return bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
}

/** Somebody else has written it, and not what anybody could read. */
function garbage(file, cause) {
  const error = genericNodeError(`The marker ${file} holds no result that could be read: ${cause.message}`, {
    __proto__: null,
    code: 'ERR_PROCS_IPC_GARBAGE',
    path: file,
  });
  return Object.defineProperty(error, 'cause', { __proto__: null, configurable: true, writable: true, value: cause });
}

module.exports = { encode, decode, garbage };
