'use strict';
// Signs of life of the event loop, for a pool that wants to know whether it turns.

/** @param {import('./page').Page} page */
function beats(page) {
  const { beatEvery } = page;
  if (beatEvery <= 0) return;
  const { getHeapStatistics } = require('node:v8');
  let last = performance.eventLoopUtilization();
  const beat = () => {
    const now = performance.eventLoopUtilization();
    page.beat(performance.eventLoopUtilization(now, last).utilization, getHeapStatistics());
    last = now;
  };
  beat();
  setInterval(beat, beatEvery).unref();
}

module.exports = { beats };
