'use strict';
// What goes with a frame besides its text, as the addon hands it over: segments and descriptors. See Meta in native.d.ts.

const { BYTES, FIELDS, FRAME_HANDLES, LATIN1, SEGMENTS_SHIFT, SHARED } = require('./wire-meta');

/** No descriptors: always the same. */
const NO_FDS = Object.freeze([]);

/**
 * The segments of a frame, in the order of their marks, as decode() takes them.
 * @param {Int32Array} about see Meta in native.d.ts
 * @param {Uint8Array | string | null} inline those that travelled so; a string: the only one, which is that text
 * @param {(slab: number, offset: number) => ArrayBuffer} take gives a piece of shared memory, or throws
 */
function cutSegments(about, inline, take) {
  const count = about[FRAME_HANDLES] >>> SEGMENTS_SHIFT;
  const segments = [];
  let start = 0;
  for (let i = 1; i <= count; i++) {
    const at = i * FIELDS;
    const type = about[at];
    if (type === SHARED) {
      segments.push({ type: 's', bytes: take(about[at + 2], about[at + 3]) });
      continue;
    }
    if (typeof inline === 'string') {
      segments.push({ type: 'l', bytes: inline });
      continue;
    }
    const end = start + about[at + 1];
    segments.push({ type: type === BYTES ? 'b' : type === LATIN1 ? 'l' : 'u', bytes: inline.subarray(start, end) });
    start = end;
  }
  return segments;
}

/** @param {{ takeHandle(): number }} from see Wire and Pool in native.d.ts */
function takeHandles(from, count) {
  if (count === 0) return NO_FDS;
  const fds = [];
  for (let i = 0; i < count; i++) fds.push(from.takeHandle());
  return fds;
}

module.exports = { NO_FDS, cutSegments, takeHandles };
