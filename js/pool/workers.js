'use strict';
// The workers, as far as the engine has told of them: for events, for runOnEach(), and for pool.workers.

class PoolWorker {
  /** @param {number} workerId @param {number} pid */
  constructor(workerId, pid) {
    /** From 1, in the order of their starts; never given again. */
    this.workerId = workerId;
    this.pid = pid;
    /** Whether it takes tasks, or is about to end. */
    this.isUp = false;
    /** Milliseconds from its start until it was up; null before. */
    this.bootTime = null;
  }
}

class Workers {
  /** @type {Map<number, PoolWorker>} */
  #all = new Map();
  upCount = 0;

  started(workerId, pid) {
    const worker = new PoolWorker(workerId, pid);
    this.#all.set(workerId, worker);
    return worker;
  }

  up(workerId, bootTime) {
    const worker = this.#all.get(workerId);
    if (worker === undefined || worker.isUp) return worker;
    worker.isUp = true;
    worker.bootTime = bootTime;
    this.upCount++;
    return worker;
  }

  gone(workerId) {
    const worker = this.#all.get(workerId);
    this.#all.delete(workerId);
    if (worker?.isUp) this.upCount--;
    return worker;
  }

  get(workerId) {
    return this.#all.get(workerId);
  }

  get list() {
    return [...this.#all.values()];
  }
}

module.exports = { Workers };
