'use strict';
// Work that is the same amount everywhere. A task that looked at the clock to know when it is done would count as its own work what a
// scheduler took away from it.

/** One unit is 1,000 steps of a generator of random numbers: some microseconds. */
function work(units) {
  let state = 1;
  for (let i = 0; i < units * 1000; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
}

/** How many units take `milliseconds` here, once the loop is compiled: the quickest of some tries. */
function unitsFor(milliseconds) {
  const tries = 100;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) {
    const begin = performance.now();
    work(100);
    best = Math.min(best, performance.now() - begin);
  }
  return Math.max(1, Math.round((milliseconds * 100) / best));
}

module.exports = { unitsFor, work };
