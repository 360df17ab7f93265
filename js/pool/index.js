'use strict';
// MANY of it: tasks for worker processes, see docs/pool.md. Loaded when it is first used.

module.exports = {
  get Pool() {
    return require('./pool').Pool;
  },
  get CommandPool() {
    return require('./command-pool').CommandPool;
  },
  get WorkerError() {
    return require('./errors').WorkerError;
  },
};
