'use strict';
// stats(): what the engine has counted, see src/pool/metrics, and what JavaScript adds to it.

/**
 * @param {object} pool
 * @param {import('./core').Core} core
 * @param {import('./circuit').Circuit | null} circuit
 */
function statsOf(pool, core, circuit) {
  const stats = JSON.parse(core.native.stats());
  const { duration, maxWorkers } = pool;
  for (const worker of stats.workers) {
    if (worker.state === 'open') worker.state = worker.tasks > 0 ? 'busy' : 'idle';
  }
  return {
    pending: core.pending,
    ...stats,
    refused: core.room.refused,
    ended: added(stats.ended, core.submission.waiting.ended),
    completed: stats.completed + stats.failed,
    duration,
    utilization: Math.min(1, stats.runTime.sum / (duration * maxWorkers)),
    waitTime: summary(stats.waitTime),
    runTime: summary(stats.runTime),
    startTime: summary(stats.startTime),
    circuit: circuit === null ? null : { state: circuit.state, ...circuit.counts },
    output: core.outputCounters,
  };
}

/** What became of those that waited in JavaScript as well. */
function added(counts, more) {
  const all = { ...counts };
  for (const [name, count] of Object.entries(more)) all[name] = (all[name] ?? 0) + count;
  return all;
}

/** As long as there is nothing to tell, the engine tells nothing. */
const NOTHING = ['min', 'max', 'mean', 'stddev', 'p50', 'p75', 'p90', 'p97_5', 'p99', 'p99_9'];

/** With piscina's name for the mean. */
function summary(times) {
  const all = { ...times };
  if (all.count === 0) for (const name of NOTHING) all[name] ??= 0;
  all.average = all.mean;
  return all;
}

module.exports = { statsOf };
