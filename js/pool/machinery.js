'use strict';
// What a pool needs once workers are being started. It is loaded while they are, which takes about as long as one of them takes to start.

let machinery = null;

/** All of it at once: later there may be no descriptor left to read it with. */
function load() {
  if (machinery !== null) return machinery;
  machinery = {
    Core: require('./core').Core,
    diagnostics: require('./diagnostics'),
    map: require('./map').map,
    openMetrics: require('./open-metrics').openMetrics,
    statsOf: require('./stats').statsOf,
  };
  return machinery;
}

module.exports = { load };
