'use strict';
// Keeps an order in which some have to wait for something (a Blob that is read, a validator that asks a database): those behind wait with it.

const { uncaught } = require('../../uncaught');

class Order {
  /** Pairs of what is waited for, or null, and what is done then. */
  #tasks = [];
  #onEmpty;

  /** @param {() => void} onEmpty called when nothing waits any more */
  constructor(onEmpty) {
    this.#onEmpty = onEmpty;
  }

  /**
   * @param {PromiseLike<unknown> | null} ready
   * @param {(error: unknown, value: unknown) => void} run called when `ready` is settled and all before it have been called
   */
  add(ready, run) {
    const task = { ready, run, error: undefined, value: undefined };
    if (ready !== null) {
      const settle = (error, value) => {
        task.ready = null;
        task.error = error;
        task.value = value;
        this.#advance();
      };
      // All of them begin at once: only their ends are put in order.
      ready.then(
        (value) => settle(undefined, value),
        (error) => settle(error ?? new Error('Rejected without a reason'), undefined),
      );
    }
    this.#tasks.push(task);
    if (ready === null) this.#advance();
  }

  /** Nobody waits any more: all are called, with this error. */
  abandon(error) {
    for (const { run } of this.#tasks.splice(0)) run(error, undefined);
  }

  #advance() {
    while (this.#tasks.length > 0 && this.#tasks[0].ready === null) {
      const { run, error, value } = this.#tasks.shift();
      try {
        run(error, value);
      } catch (thrown) {
        // A listener's. Those behind it come all the same.
        uncaught(thrown);
      }
      if (this.#tasks.length === 0) this.#onEmpty();
    }
  }
}

module.exports = { Order };
