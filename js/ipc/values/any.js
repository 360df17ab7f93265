'use strict';
// From any value there is to what goes on the wire. Most are told by ./encode alone.

const { genericNodeError } = require('../../errors');
const { MOST_SEGMENTS } = require('./limits');
const { stringify } = require('./plain');
const { checkTransfer, transferAll } = require('./transfer');
const { Writer } = require('./writer');

/** What JSON alone cannot say. */
class Encoded {
  /**
   * @param {string} json with tags
   * @param {{type: 'b' | 'l' | 'u', bytes: Uint8Array | null, length: number}[]} segments memory of the sender's where it can be: to be written, or copied,
   *   in the turn in which it was encoded
   * @param {Promise<void> | null} pending until then bytes are null: a Blob's are read
   * @param {number[]} descriptors that go with the frame
   * @param {object[]} owners which keep these open
   */
  constructor(json, segments, pending, descriptors, owners) {
    this.json = json;
    this.segments = segments;
    this.pending = pending;
    this.descriptors = descriptors;
    this.owners = owners;
  }
}

/**
 * @param {unknown} value
 * @param {Iterable<ArrayBuffer> | undefined} transfer
 * @param {object | undefined} snapshot of the members of an object, where one was made already
 * @returns {string | Encoded} see encode()
 */
function encodeAny(value, transfer, snapshot) {
  const list = transfer === undefined ? [] : checkTransfer(transfer);
  const writer = new Writer();
  try {
    writer.write(value, snapshot);
    const json = stringify(writer.finish(() => transferAll(list)));
    return writer.tagged ? encoded(json, writer) : json;
  } finally {
    writer.end();
  }
}

function encoded(json, writer) {
  const { list, pending } = writer.segments();
  if (list.length > MOST_SEGMENTS)
    throw genericNodeError(`The message is too large: it needs ${list.length} segments`, { code: 'ERR_PROCS_IPC_TOO_LARGE' });
  return new Encoded(json, list, pending, writer.descriptors, writer.owners);
}

module.exports = { Encoded, encodeAny };
