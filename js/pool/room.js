'use strict';
// Whether there is room for more tasks, and who is told when that changes.

class Room {
  /** Tasks for which there was none. */
  refused = 0;
  #emit;
  /** Tasks from which on it is full, and up to which there is room again. */
  #capacity;
  #lowWater;
  #isFull = false;
  /** The engine has refused a task: it tells when there is room. */
  #hasRefused = false;

  /** @param {object} settings @param {(name: string) => void} emit */
  constructor(settings, emit) {
    this.#emit = emit;
    this.measure(settings);
  }

  measure({ maxQueue, maxWorkers, concurrentTasksPerWorker }) {
    const atOnce = maxWorkers * concurrentTasksPerWorker;
    this.#capacity = maxQueue + atOnce;
    this.#lowWater = atOnce + Math.floor(maxQueue / 2);
  }

  get capacity() {
    return this.#capacity;
  }

  /** @param {number} size tasks that are open */
  isFull(size) {
    return size >= this.#capacity || this.#hasRefused;
  }

  /** Whether anybody may have to be told of an end of tasks. */
  isLow(size) {
    return size <= this.#lowWater;
  }

  /** It is full. */
  fill() {
    if (this.#isFull) return;
    this.#isFull = true;
    process.nextTick(this.#emit, 'needsDrain');
  }

  refuse() {
    this.#hasRefused = true;
    this.fill();
  }

  /** The engine has room again. */
  drain() {
    this.#hasRefused = false;
  }

  /** Tasks have ended. */
  settle(size) {
    if (!this.#isFull || this.#hasRefused || size > this.#lowWater) return;
    this.#isFull = false;
    this.#emit('drain');
  }
}

module.exports = { Room };
