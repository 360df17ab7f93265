'use strict';
// A pool never outlives this process, nor does it hold it up: where nothing is done any more, its workers are killed, trees and all. And shutdown() ends it before.

const { addPool, isShuttingDown, livePools, removePool } = require('../live');
const { shuttingDown } = require('./errors');

let watchesExit = false;

/** @param {{ end(): void, shutdown(timeout: number): Promise<object[]> }} pool see js/live.js */
function enter(pool) {
  addPool(pool);
  if (watchesExit) return;
  watchesExit = true;
  process.on('exit', () => {
    for (const one of livePools()) one.end();
  });
}

/** @throws ERR_PROCS_SHUTDOWN: nothing new is started now */
function refuseLate() {
  if (isShuttingDown()) throw shuttingDown();
}

module.exports = { enter, leave: removePool, refuseLate };
