'use strict';
// MANY of it: tasks for worker processes, see docs/pool.md. Loaded when it is first used.

const { usableClass } = require('../unusable');
const names = require('./names');

module.exports = {
  get Pool() {
    return usableClass('Pool', () => {
      // Who asks for it by itself is about to make one.
      require('./preparation').prepare();
      return names.Pool;
    });
  },
  get CommandPool() {
    return names.CommandPool;
  },
  get WorkerError() {
    return names.WorkerError;
  },
};
