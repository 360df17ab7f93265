'use strict';
// What stands in a marker: the result, as the frame of a message would carry it. For plain JSON that is JSON.

const { genericNodeError } = require('../../errors');
const { deserialize, serialize } = require('../values');

const GARBAGE = 'ERR_PROCS_IPC_GARBAGE';

/** How frames begin that hold more than JSON. */
const MARKED = 'M'.charCodeAt(0);

/**
 * @returns {Uint8Array}
 * @throws DataCloneError
 */
function encode(result) {
  return result === undefined ? Buffer.alloc(0) : serialize(result);
}

/** @param {Buffer} bytes of an empty file: there is no result. JSON may be laid out as its writer likes. */
function decode(bytes) {
  if (bytes.length === 0) return undefined;
  return bytes[0] === MARKED ? deserialize(bytes) : JSON.parse(bytes.toString());
}

/** Somebody else has written it, and not what anybody could read. */
function garbage(file, cause) {
  const error = genericNodeError(`The marker ${file} holds no result that could be read: ${cause.message}`, {
    __proto__: null,
    code: GARBAGE,
    path: file,
  });
  return Object.defineProperty(error, 'cause', { __proto__: null, configurable: true, writable: true, value: cause });
}

module.exports = { GARBAGE, encode, decode, garbage };
