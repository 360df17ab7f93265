'use strict';
// Signs of life of the event loop, for a pool that wants to know whether it turns.

const { getHeapStatistics } = require('node:v8');

/** @param {import('./page').Page} page */
function beats(page) {
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
