'use strict';
// Shared memory that was received goes back to its sender when V8 has collected what was made of it. For memory that it has not allocated itself V8
// goes through all of its heap for every 64 MB: milliseconds each time, many of them where the heap is large. What it allocates itself it looks for
// among young objects first, by a scavenge, which takes a tenth of that and finds what lives as short as most messages do. So a scavenge is asked
// for here, often enough that the other has nothing to do.

const { FIELDS, FRAME_HANDLES, SEGMENTS_SHIFT, SHARED } = require('./wire-meta');

/** Bytes after which a scavenge is due: few enough that memory is used again while a CPU's cache has it. */
const DUE = 16 * 1024 * 1024;

/** What is less is not worth it where nothing follows. */
const WORTH_IT = 1024 * 1024;
/** Milliseconds after which nothing seems to follow. */
const LULL = 1_000;

const SCAVENGE = Object.freeze({ __proto__: null, type: 'minor' });

class Scavenger {
  #meta;
  #bytes = 0;
  /** V8's, which can be asked for; null where it cannot. */
  #collect;
  #modules = null;
  /** Looks whether frames have stopped coming; and whether some came since the last look. */
  #lull = null;
  #hasMore = false;

  constructor(meta) {
    this.#meta = meta;
  }

  /** A frame with segments is about to be told. What came before it was told, and is young garbage by now, or in use. */
  beforeFrame() {
    const meta = this.#meta;
    const count = meta[FRAME_HANDLES] >>> SEGMENTS_SHIFT;
    const before = this.#bytes;
    for (let at = FIELDS; at <= count * FIELDS; at += FIELDS) if (meta[at] === SHARED) this.#bytes += meta[at + 1];
    if (this.#bytes === before) return;
    this.#hasMore = true;
    if (this.#bytes >= WORTH_IT && this.#lull === null) {
      this.#prepare();
      this.#lull = setTimeout(lull, LULL, this).unref();
    }
    if (this.#bytes >= DUE) this.#scavenge();
  }

  /** Who does nothing collects nothing, and the last ones would stay for as long as that. */
  afterwards() {
    this.#lull = null;
    if (this.#hasMore) {
      this.#hasMore = false;
      this.#lull = setTimeout(lull, LULL, this).unref();
    } else {
      this.#scavenge();
    }
  }

  #scavenge() {
    this.#bytes = 0;
    this.#prepare();
    if (this.#collect === undefined) this.#collect = collector(this.#modules);
    this.#collect?.(SCAVENGE);
  }

  /** Not when the time has come: a test runner may have taken require() away by then. */
  #prepare() {
    this.#modules ??= { v8: builtin('node:v8'), vm: builtin('node:vm') };
  }
}

/**
 * Jest takes require() away from a test file that is over, and whoever asks all the same makes its run a failure. The reactor stays, with the modules of the
 * first file that had one.
 */
function builtin(name) {
  return process.getBuiltinModule?.(name) ?? require(name);
}

function lull(scavenger) {
  scavenger.afterwards();
}

/** gc() of V8, which only contexts have that are made while its flag is set: one that nobody sees. */
function collector({ v8, vm }) {
  try {
    v8.setFlagsFromString('--expose-gc');
    try {
      return vm.runInNewContext('gc');
    } finally {
      // Not where it was somebody's wish: contexts that are made later are to have it as well.
      if (typeof globalThis.gc !== 'function') v8.setFlagsFromString('--no-expose-gc');
    }
  } catch {
    return null; // a runtime that does not let its flags be changed does it its own way
  }
}

module.exports = { Scavenger };
