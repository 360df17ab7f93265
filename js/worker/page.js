'use strict';
// The page that a worker and its pool share: what the pool has to know of a worker that does not answer. See "Pool workers" in docs/protocol.md.

const { native } = require('../native');

const SIZE = 4096;
// Cells of 32 bits.
const VERSION = 0;
const WORKER_ID = 1;
const BEAT_EVERY = 2;
const STARTED = 3;
const BEATS = 4;
const FINISHED = 5;
const UTILIZATION = 8;
const HEAP_USED = 9;
const HEAP_LIMIT = 10;
const STATE = 11;
const HEAP_FULL = 12;
/** A cell of 64. */
const BUSY = 3;

const SNAPSHOT = '--heapsnapshot-near-heap-limit';

const STATES = { BOOTING: 0, LOADING: 1, UP: 2, TEARING_DOWN: 3 };

class Page {
  /** The cells; the worker begins its tasks in here. */
  cells;
  /** A heap that is full says so in here by itself. */
  isMarked = false;
  #wide;

  /** @param {ArrayBuffer} buffer */
  constructor(buffer) {
    this.cells = new Int32Array(buffer);
    this.#wide = new BigUint64Array(buffer);
  }

  get workerId() {
    return this.cells[WORKER_ID];
  }

  /** Milliseconds between two signs of life; 0 for none. */
  get beatEvery() {
    return this.cells[BEAT_EVERY];
  }

  set state(state) {
    Atomics.store(this.cells, STATE, state);
  }

  /**
   * @param {number} finished tasks so far
   * @param {number} busy milliseconds in which at least one was running, so far
   */
  account(finished, busy) {
    this.#wide[BUSY] = BigInt(Math.round(busy * 1000));
    Atomics.store(this.cells, FINISHED, finished);
  }

  /**
   * @param {number} utilization of the event loop since the last one, 0 to 1
   * @param {{ used_heap_size: number, heap_size_limit: number }} heap
   */
  beat(utilization, heap) {
    this.cells[UTILIZATION] = Math.round(utilization * 10_000);
    this.cells[HEAP_USED] = heap.used_heap_size / 1024;
    // Without a limit of its own it may be more than there are numbers.
    this.cells[HEAP_LIMIT] = Math.min(heap.heap_size_limit / 1024, 2 ** 31 - 1);
    Atomics.add(this.cells, BEATS, 1);
  }
}

/** @param {number} fd -1: there is none. It is closed to children of this process. */
function openPage(fd) {
  if (fd >= 0) {
    const memory = adopt(fd);
    const page = typeof memory === 'number' ? null : new Page(memory.buffer());
    if (page !== null && page.cells[VERSION] === 1) {
      // Who asks Node for a snapshot at that moment gets it, instead of this: V8 asks only one.
      if (!process.execArgv.some((option) => option.startsWith(SNAPSHOT))) page.isMarked = memory.markHeapLimit(HEAP_FULL);
      return page;
    }
  }
  // Nobody looks at this one.
  return new Page(new ArrayBuffer(SIZE));
}

function adopt(inherited) {
  const { adoptMemory, closeFd, duplicate } = native();
  const fd = duplicate(inherited);
  if (fd < 0) return fd;
  closeFd(inherited);
  return adoptMemory(fd);
}

module.exports = { Page, STARTED, STATES, openPage };
