'use strict';
// Pools as people write them themselves, on Node's own fork(): a queue, and a worker that is free gets the next task. Without what makes
// one usable: no deaths, no bounds, no timeouts.

const path = require('node:path');
const { fork } = require('node:child_process');

const WORKER = path.join(__dirname, '..', '..', 'peers', 'pool-fork.js');

class ForkPool {
  #queue = [];
  #first = 0;
  #open = new Map();
  #workers;
  #atOnce;
  #next = 0;
  #scheduled = false;

  /** @param {{ workers: number, atOnce: number, serialization: 'json' | 'advanced' }} options `atOnce`: tasks at a worker; above 1 they travel as arrays */
  constructor({ workers, atOnce, serialization }) {
    this.#atOnce = atOnce;
    this.#workers = Array.from({ length: workers }, () => this.#start(serialization));
  }

  #start(serialization) {
    const child = fork(WORKER, [], { serialization });
    const worker = { child, free: this.#atOnce };
    child.on('message', (message) => {
      if (Array.isArray(message)) for (const answer of message) this.#answered(worker, answer);
      else this.#answered(worker, message);
      this.#give();
    });
    return worker;
  }

  #answered(worker, { id, result, error }) {
    worker.free++;
    const { resolve, reject } = this.#open.get(id);
    this.#open.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(error));
  }

  #give() {
    for (const worker of this.#workers) {
      const batch = [];
      while (worker.free > 0 && this.#first < this.#queue.length) {
        worker.free--;
        batch.push(this.#queue[this.#first++]);
      }
      if (batch.length > 0) worker.child.send(this.#atOnce === 1 ? batch[0] : batch);
    }
    if (this.#first === this.#queue.length) {
      this.#queue = [];
      this.#first = 0;
    }
  }

  run(task, value) {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#open.set(id, { resolve, reject });
      this.#queue.push({ id, task, value });
      if (this.#atOnce === 1) this.#give();
      else if (!this.#scheduled) this.#giveSoon();
    });
  }

  /** Behind everything that is asked for now, so that it travels together. */
  #giveSoon() {
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#give();
    });
  }

  stop() {
    for (const { child } of this.#workers) child.disconnect();
  }
}

module.exports = { ForkPool };
