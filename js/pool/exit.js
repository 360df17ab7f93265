'use strict';
// A pool never outlives this process, nor does it hold it up: where nothing is done any more, its workers are killed, trees and all.

const live = new Set();
let watchesExit = false;

/** @param {{ end(): void }} native see Pool in native.d.ts */
function addPool(native) {
  live.add(native);
  if (watchesExit) return;
  watchesExit = true;
  process.on('exit', () => {
    for (const pool of live) pool.end();
  });
}

function removePool(native) {
  live.delete(native);
}

module.exports = { addPool, removePool };
