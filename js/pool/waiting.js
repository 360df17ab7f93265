'use strict';
// Tasks that the engine does not have yet: there is no room for them, or bytes of their own (Blobs) are not there. What becomes of those that it never gets.

const { Backlog } = require('./backlog');
const { aborted, dropped, notBegun } = require('./errors');
const { Extra } = require('./extra');
const { Patience } = require('./patience');
const { limitsOf } = require('./task-options');

class Waiting {
  backlog;
  /** How many were given up, by what became of them. */
  ended = { __proto__: null };
  #tasks;
  #fail;
  #onSettled;
  #patience = new Patience((id, what, waited) => this.#overdue(id, what, waited));
  #preparing = 0;

  /**
   * @param {object} native see Pool in native.d.ts
   * @param {import('./tasks').Tasks} tasks all that are open
   * @param {(id: number, error: Error) => void} fail
   * @param {() => void} onSettled tasks may have ended that nobody else tells of
   */
  constructor(native, tasks, fail, onSettled) {
    this.#tasks = tasks;
    this.#fail = fail;
    this.#onSettled = onSettled;
    this.backlog = new Backlog(native, this.#patience, (id) => this.over(id));
  }

  get isEmpty() {
    return this.backlog.size === 0 && this.#preparing === 0;
  }

  /** For room. @param {object} [limits] see Patience; default: those in `numbers` */
  forRoom(id, item, numbers, key, limits = limitsOf(numbers)) {
    this.#patience.begin(id, limits);
    this.backlog.add(id, item, numbers, key);
  }

  /** For its bytes. @param {object} task @param {Promise<void>} pending @param {(error?: unknown) => void} done not called if it was given up meanwhile */
  forBytes({ id, extra }, limits, pending, done) {
    this.#patience.begin(id, limits);
    this.#preparing++;
    extra.isPreparing = true;
    const over = (error) => {
      this.#preparing--;
      extra.isPreparing = false;
      if (this.#tasks.get(id)?.extra === extra) done(error);
      this.#onSettled();
    };
    pending.then(() => over(undefined), over);
  }

  /** @returns {number} milliseconds up to now */
  waited(id) {
    return this.#patience.waited(id);
  }

  /** The engine has it, or it has failed. */
  over(id) {
    const waited = this.#patience.end(id);
    if (waited === 0) return;
    const task = this.#tasks.get(id);
    if (task !== undefined) (task.extra ??= new Extra()).waited = waited;
  }

  /** @returns {boolean} false: it does not wait here */
  abort({ id, extra }, reason) {
    if (!this.backlog.remove(id) && !extra.isPreparing) return false;
    this.#end(id, 'aborted', aborted(reason, notBegun('aborted', this.waited(id))));
    this.#onSettled();
    return true;
  }

  /** It waits no longer than it is to, as the engine has it for those that it has. */
  #overdue(id, what, waited) {
    this.backlog.remove(id);
    this.#end(id, what, notBegun(what, waited));
    this.#onSettled();
  }

  /** Those that wait for room are not handed over any more. @param {'aborted' | 'shutdown'} what */
  drop(what) {
    for (const id of this.backlog.ids()) {
      const error = notBegun(what, this.waited(id));
      this.#end(id, what, what === 'aborted' ? dropped(error) : error);
    }
    this.backlog.clear();
  }

  #end(id, what, error) {
    this.ended[what] = (this.ended[what] ?? 0) + 1;
    this.#fail(id, error);
  }
}

module.exports = { Waiting };
