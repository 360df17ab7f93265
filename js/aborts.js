'use strict';
// Tasks, or requests, and the signals that they are given up by. Many have one signal: it has one listener for all of them, since a listener costs more the more
// there are, and ten thousand of them take seconds; and Node 20 warns of a leak from the eleventh on.

class Aborts {
  #onAbort;
  /** @type {Map<object, { tasks: Set<object>, listener: () => void }>} */
  #watched = new Map();

  /** @param {(task: object, reason: unknown) => void} onAbort */
  constructor(onAbort) {
    this.#onAbort = onAbort;
  }

  watch(signal, task) {
    let watched = this.#watched.get(signal);
    if (watched === undefined) {
      watched = { tasks: new Set(), listener: () => this.#abort(signal) };
      this.#watched.set(signal, watched);
      if (typeof signal.addEventListener === 'function') signal.addEventListener('abort', watched.listener, { once: true });
      else signal.once('abort', watched.listener);
    }
    watched.tasks.add(task);
  }

  forget(signal, task) {
    const watched = this.#watched.get(signal);
    if (watched === undefined) return;
    watched.tasks.delete(task);
    if (watched.tasks.size > 0) return;
    this.#watched.delete(signal);
    if (typeof signal.removeEventListener === 'function') signal.removeEventListener('abort', watched.listener);
    else signal.removeListener('abort', watched.listener);
  }

  #abort(signal) {
    const { tasks } = this.#watched.get(signal);
    this.#watched.delete(signal);
    for (const task of tasks) this.#onAbort(task, signal.reason);
  }
}

module.exports = { Aborts };
