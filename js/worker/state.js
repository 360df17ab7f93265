'use strict';
// What this process knows of being a worker: one for all copies of this package that an application may have loaded, since the one that starts a
// worker is the pool's, and the one that its program requires may be another.

const SHARED = Symbol.for('@x/procs.worker');

/** Of a process that is no worker. */
const NONE = Object.freeze({
  __proto__: null,
  workerId: 0,
  workerData: undefined,
  listen: () => ignore,
  emit: () => false,
});

function state() {
  return process[SHARED] ?? NONE;
}

/** @param {{ workerId: number, workerData: unknown, listen: Function, emit: Function }} worker */
function become(worker) {
  Object.defineProperty(process, SHARED, { __proto__: null, value: worker });
}

function isWorker() {
  return process[SHARED] !== undefined;
}

function ignore() {}

module.exports = { become, isWorker, state };
