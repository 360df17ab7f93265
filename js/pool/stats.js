'use strict';
// stats(): what the engine has counted, and what JavaScript adds to it.

/**
 * @param {object} pool
 * @param {import('./core').Core} core
 * @param {import('./circuit').Circuit | null} circuit
 */
function statsOf(pool, core, circuit) {
  const stats = JSON.parse(core.native.stats());
  stats.pending = core.pending;
  stats.duration = pool.duration;
  stats.circuit = circuit === null ? null : { state: circuit.state, ...circuit.counts };
  stats.output = core.outputCounters;
  return stats;
}

module.exports = { statsOf };
