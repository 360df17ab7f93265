'use strict';
// What tags, segments and descriptors make of the JSON of a frame.

const { LOST, NO_JSON, TAGGED } = require('../../wire-meta');
const { decode } = require('../values');
const { garbageError } = require('./errors');

/** In place of a handle that was announced and is not here. */
const LOST_HANDLE = Object.freeze({ __proto__: null });

function isLost(handle) {
  return handle === LOST_HANDLE;
}

/**
 * @param {unknown} parsed the JSON
 * @param {{ type: string, bytes: Uint8Array | ArrayBuffer | string }[] | null} segments
 * @param {number[]} fds that came with it, ours from here on
 * @param {number} flags see Meta in native.d.ts
 * @returns {{ value: unknown, handle: unknown }} handle may be a promise
 */
function open(parsed, segments, fds, flags) {
  const isTagged = (flags & TAGGED) !== 0;
  if (fds.length === 0 && (flags & LOST) === 0)
    return { value: isTagged ? decode(parsed, segments ?? undefined) : jsonOf(parsed, flags), handle: undefined };
  const left = new Set(fds);
  try {
    // Descriptors of shared memory, and behind them that of the handle, which info is about.
    if (!Array.isArray(parsed) || parsed.length !== 2) throw garbageError(JSON.stringify(parsed));
    const [info, json] = parsed;
    const adopt = (n) => {
      const fd = fds[n];
      if (!left.delete(fd)) throw garbageError(JSON.stringify(json));
      return require('../shared-memory').adopt(fd);
    };
    const value = isTagged ? decode(json, segments ?? undefined, adopt) : json;
    if (info === null) return { value, handle: undefined };
    if ((flags & LOST) !== 0) return { value, handle: LOST_HANDLE };
    const last = fds[fds.length - 1];
    left.delete(last);
    return { value, handle: require('../handles').unpack(info, [last]) ?? LOST_HANDLE };
  } finally {
    for (const fd of left) if (fd >= 0) closeFd(fd);
  }
}

function closeFd(fd) {
  require('../../native').native().closeFd(fd);
}

function jsonOf(parsed, flags) {
  return (flags & NO_JSON) === 0 ? parsed : undefined;
}

module.exports = { LOST_HANDLE, isLost, open };
