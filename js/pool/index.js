'use strict';
// MANY of it: tasks for worker processes, see docs/pool.md. Loaded when it is first used.

const { usableClass } = require('../unusable');

module.exports = {
  get Pool() {
    return usableClass('Pool', () => require('./pool').Pool);
  },
  get CommandPool() {
    return usableClass('CommandPool', () => require('./command-pool').CommandPool);
  },
  get WorkerError() {
    return require('./worker-error').WorkerError;
  },
};
