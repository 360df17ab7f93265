'use strict';
// Signs of life of the event loop, for a pool that wants to know whether it turns.

/** @param {import('./page').Page} page */
function beats(page) {
  // Not with this file: it brings all of Node's streams along.
  const { getHeapStatistics } = require('node:v8');
  let last = performance.eventLoopUtilization();
  const beat = () => {
    const now = performance.eventLoopUtilization();
    page.beat(performance.eventLoopUtilization(now, last).utilization, getHeapStatistics());
    last = now;
  };
  beat();
  setInterval(beat, page.beatEvery).unref();
}

module.exports = { beats };
