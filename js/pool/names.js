'use strict';
// The names of pools, without what is behind them: `import` reads all names of a module.

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
