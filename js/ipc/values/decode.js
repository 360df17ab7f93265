'use strict';

const { garbage } = require('./garbage');
const { Reader } = require('./reader');

/**
 * The value of a frame whose JSON holds tags.
 * @param {unknown} tree what JSON.parse made of it: becomes part of the value
 * @param {{type: 'b' | 's' | 'l' | 'u', bytes: Uint8Array | ArrayBuffer | string}[]} [segments] an ArrayBuffer, or a Uint8Array that covers the whole of its own, becomes
 *   part of the value; of anything else a copy is made
 * @param {(descriptor: number) => object} [adopt] makes shared memory of the descriptor of that number; called at most once for each
 * @throws {Error} ERR_PROCS_IPC_GARBAGE, whatever the peer sent
 */
function decode(tree, segments = [], adopt = undefined) {
  try {
    return new Reader(segments, adopt).read(tree);
  } catch (error) {
    // Memory for what is too large, a stack that was nearly used up before: whatever it is, this frame is no value here.
    if (error instanceof RangeError) throw garbage(error.message);
    throw error;
  }
}

module.exports = { decode };
