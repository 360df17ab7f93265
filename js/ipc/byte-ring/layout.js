'use strict';
// Where things are in the memory of a ring: int32 cells, in lines of the cache that one end writes and the other reads, and behind them the bytes.
//
// Positions count bytes modulo 2^32; the capacity is a power of two, so their difference is what is in the ring whatever they have come to.

const { genericNodeError } = require('../../errors');

const MAGIC = 0x50524231;
/** Of an ArrayBuffer that Int32Array and positions can deal with. */
const MOST = 2 ** 30;
const LEAST = 4096;
const HEADER = 256;

/** Written once. */
const KIND = 0;
const CAPACITY = 1;

/** Of one end each: a line for the producer's, a line for the consumer's. */
const PRODUCER = 16;
const CONSUMER = 32;

/** Places in such a line. */
const POSITION = 0;
/** Counts whatever the other end may wait for. */
const NEWS = 1;
/** 1: this end waits for the other's news, and has to be notified. */
const WAITS = 2;
/** 1: nothing more comes from this end, or is taken by it. */
const OVER = 3;
/** The process that is this end. */
const OWNER = 4;

function sizeOf(capacity) {
  return HEADER + capacity;
}

/** @param {number} wanted bytes; rounded up to a power of two */
function capacityOf(wanted) {
  let capacity = LEAST;
  while (capacity < wanted) capacity *= 2;
  return capacity;
}

function format(cells, capacity) {
  cells[CAPACITY] = capacity;
  Atomics.store(cells, KIND, MAGIC);
}

/** Read once, and never again: the other end may write to it. */
function capacityIn(cells, size) {
  const capacity = cells.length * 4 >= HEADER && Atomics.load(cells, KIND) === MAGIC ? cells[CAPACITY] : 0;
  if (capacity < LEAST || (capacity & (capacity - 1)) !== 0 || sizeOf(capacity) > size) throw notARing();
  return capacity;
}

function notARing() {
  return genericNodeError('The memory holds no ByteRing', { code: 'ERR_PROCS_IPC_GARBAGE' });
}

module.exports = {
  CONSUMER,
  HEADER,
  LEAST,
  MOST,
  NEWS,
  OVER,
  OWNER,
  POSITION,
  PRODUCER,
  WAITS,
  capacityIn,
  capacityOf,
  format,
  sizeOf,
};
