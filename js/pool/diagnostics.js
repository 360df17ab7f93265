'use strict';
// The diagnostics channels of pools. Nothing is made for them as long as nobody has subscribed.

const { channel } = require('node:diagnostics_channel');

module.exports = {
  /** { pool }: made. */
  created: channel('procs.pool.create'),
  /** { pool, taskId, name, task, options }: given to the pool. */
  submitted: channel('procs.pool.task.submit'),
  /** { pool, taskId, name, workerId, duration, error | result }: answered. */
  ended: channel('procs.pool.task.end'),
  /** { pool, event, workerId, … }: 'start', 'up', 'exit'. */
  worker: channel('procs.pool.worker'),
  /** { pool, state }: of the circuit breaker. */
  circuit: channel('procs.pool.circuit'),
};
