'use strict';
// Tasks that are not answered yet, by their ids.
//
// Ids rise by one, so those that are open lie close together, and an id's last bits are its place in an array. Where a task that takes long still has
// the place, the id is left out. An array of twice as many places as tasks is written and read in order; a Map costs more than all else that is done for a
// small task.

const SMALLEST = 256;
/** Those above are the engine's own. */
const HIGHEST_ID = 2 ** 30 - 1;

let keptResolve;
let keptReject;

/** One for all promises. */
function keep(resolve, reject) {
  keptResolve = resolve;
  keptReject = reject;
}

class Task {
  id = 0;
  resolve;
  reject;
  /** What else is to be done for it, see extra.js; most have nothing. */
  extra;

  constructor(extra) {
    this.resolve = keptResolve;
    this.reject = keptReject;
    this.extra = extra;
  }
}

class Tasks {
  size = 0;
  #places = new Array(SMALLEST).fill(undefined);
  #mask = SMALLEST - 1;
  #nextId = 1;
  /** The promise of the task that was made last. */
  promise = null;

  /** @returns {Task} whose promise is `promise`, right after this */
  open(extra) {
    this.promise = new Promise(keep);
    const task = new Task(extra);
    if (++this.size > this.#places.length >> 1) this.#resize(this.#places.length * 2);
    let id = this.#nextId;
    while (this.#places[id & this.#mask] !== undefined) id = next(id);
    this.#places[id & this.#mask] = task;
    task.id = id;
    this.#nextId = next(id);
    return task;
  }

  get(id) {
    const task = this.#places[id & this.#mask];
    return task !== undefined && task.id === id ? task : undefined;
  }

  /** It has ended. */
  take(id) {
    const place = id & this.#mask;
    const task = this.#places[place];
    if (task === undefined || task.id !== id) return undefined;
    this.#places[place] = undefined;
    this.size--;
    return task;
  }

  /** Memory of a burst is not kept for ever. */
  shrink() {
    if (this.size === 0 && this.#places.length > LARGE) this.#resize(SMALLEST);
  }

  /** @returns {Task[]} all, which are not in here any more */
  takeAll() {
    const all = this.#places.filter((task) => task !== undefined);
    this.#places.fill(undefined);
    this.size = 0;
    return all.sort((a, b) => a.id - b.id);
  }

  /** Larger: no two that had a place each come to have the same one. Smaller: only where there is none. */
  #resize(length) {
    const places = new Array(length).fill(undefined);
    const mask = length - 1;
    for (const task of this.#places) if (task !== undefined) places[task.id & mask] = task;
    this.#places = places;
    this.#mask = mask;
  }
}

const LARGE = 64 * 1024;

function next(id) {
  return id === HIGHEST_ID ? 1 : id + 1;
}

module.exports = { Tasks };
