'use strict';
// After the exit. What the child has written is there at once or nearly so; what keeps its output open then is something it has
// started, which may go on for days. So it is waited for as long as there is something to read, and drainTimeout longer.

const { setTimeout, clearTimeout } = require('timers');

class Drain {
  #run;
  #timer = null;
  #seen;
  #tree = null;

  constructor(run) {
    this.#run = run;
  }

  begin() {
    const { waitFor } = this.#run.settings;
    if (waitFor === 'tree') this.#waitForTree();
    else if (waitFor === 'exit') this.#rest();
  }

  #waitForTree() {
    this.#run.hold();
    this.#tree = require('./end').treeGone(this.#run.subprocess);
    this.#tree.promise.then(() => {
      this.#rest();
      this.#run.release();
    });
  }

  #rest() {
    const { drainTimeout } = this.#run.settings;
    if (drainTimeout === Infinity || this.#run.isOver) return;
    this.#seen = this.#progress();
    this.#timer = setTimeout(() => this.#check(), drainTimeout);
    // What waits for a reader of ours has no deadline, and must not keep a process alive in which that reader is nowhere any more.
    if (this.#seen.some(Number.isNaN)) this.#timer.unref();
  }

  #progress() {
    return this.#run.outputs.map((output) => (output === undefined || output.isOver ? 0 : output.progress));
  }

  #check() {
    const now = this.#progress();
    if (now.some((bytes, fd) => bytes !== this.#seen[fd] && !this.#run.outputs[fd].isOver)) {
      this.#rest();
      return;
    }
    this.#run.abandon();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#tree?.close();
  }
}

module.exports = { Drain };
