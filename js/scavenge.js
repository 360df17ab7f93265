'use strict';
// Shared memory that was received goes back to its sender when V8 has collected what was made of it. For memory that it has not allocated itself V8
// goes through all of its heap for every 64 MB: milliseconds each time, many of them where the heap is large. What it allocates itself it looks for
// among young objects first, by a scavenge, which takes a tenth of that and finds what lives as short as most messages do. So a scavenge is asked
// for here, often enough that the other has nothing to do.

const { FIELDS, FRAME_HANDLES, SEGMENTS_SHIFT, SHARED } = require('./wire-meta');

/** Bytes after which a scavenge is due: few enough that memory is used again while a CPU's cache has it. */
const DUE = 16 * 1024 * 1024;

const SCAVENGE = Object.freeze({ __proto__: null, type: 'minor' });

class Scavenger {
  #meta;
  #bytes = 0;
  /** V8's, which can be asked for; null where it cannot. */
  #collect;

  constructor(meta) {
    this.#meta = meta;
  }

  /** A frame with segments is about to be told. What came before it was told, and is young garbage by now, or in use. */
  beforeFrame() {
    const meta = this.#meta;
    const count = meta[FRAME_HANDLES] >>> SEGMENTS_SHIFT;
    for (let at = FIELDS; at <= count * FIELDS; at += FIELDS) if (meta[at] === SHARED) this.#bytes += meta[at + 1];
    if (this.#bytes < DUE) return;
    this.#bytes = 0;
    if (this.#collect === undefined) this.#collect = collector();
    this.#collect?.(SCAVENGE);
  }
}

/** gc() of V8, which only contexts have that are made while its flag is set: one that nobody sees. */
function collector() {
  try {
    const v8 = require('node:v8');
    v8.setFlagsFromString('--expose-gc');
    try {
      return require('node:vm').runInNewContext('gc');
    } finally {
      // Not where it was somebody's wish: contexts that are made later are to have it as well.
      if (typeof globalThis.gc !== 'function') v8.setFlagsFromString('--no-expose-gc');
    }
  } catch {
    return null; // a runtime that does not let its flags be changed does it its own way
  }
}

module.exports = { Scavenger };
