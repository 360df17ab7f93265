'use strict';
// Waiting for a marker.

const path = require('node:path');
const { AbortError, codes, genericNodeError } = require('../../errors');
const { LONGEST_TIMER } = require('../../longest-timer');
const { validateAbortSignal, validateBoolean, validateNumber, validateObject } = require('../../validate');
const { decode, garbage } = require('./content');
const { Folder } = require('./folder');
const { folderOf, nameOf } = require('./name');

/** What is wanted by one call of watch(). */
class Waiter {
  #file;
  #resolve;
  #reject;
  #folder = null;
  #timer = null;
  #signal;
  #isSettled = false;
  #onAbort = () => this.fail(new AbortError(undefined, { cause: this.#signal.reason }));

  constructor(folder, name, { signal, timeout, ref = true }) {
    this.folder = folder;
    this.name = name;
    this.isReferenced = ref;
    this.#file = path.join(folder, name);
    this.#signal = signal;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (signal?.aborted) {
      this.#onAbort();
      return;
    }
    try {
      this.#folder = Folder.join(this);
    } catch (error) {
      this.fail(error);
      return;
    }
    signal?.addEventListener('abort', this.#onAbort);
    if (timeout !== undefined) this.#startTimer(timeout);
  }

  /** @param {Buffer} content */
  found(content) {
    if (this.#isSettled) return;
    let result;
    try {
      result = decode(content);
    } catch (error) {
      this.fail(garbage(this.#file, error));
      return;
    }
    this.#settle();
    this.#resolve(result);
  }

  fail(error) {
    if (this.#isSettled) return;
    this.#settle();
    this.#reject(error);
  }

  #settle() {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#folder?.leave(this);
  }

  #startTimer(timeout) {
    const expire = () => {
      const code = 'ERR_PROCS_IPC_TIMEOUT';
      this.fail(genericNodeError(`No marker ${this.#file} within ${timeout} ms`, { __proto__: null, code, path: this.#file }));
    };
    this.#timer = setTimeout(expire, timeout);
    if (!this.isReferenced) this.#timer.unref();
  }
}

/**
 * Waits for the marker `id` in `dir`, which may be there already.
 *
 * The kernel tells of it (inotify): nothing is looked at again and again, and nothing that happens in between is missed. It tells of what
 * happens on this machine, so a network file system that another one writes to is not enough.
 * @param {string | URL} dir a folder that exists
 * @param {string} id a name, without path separators
 * @param {{ signal?: AbortSignal, timeout?: number, ref?: boolean }} [options]
 *   timeout: milliseconds, default none. ref: whether waiting keeps the process alive, default true.
 * @returns {Promise<unknown>} the result. Rejected with `AbortError`, `ERR_PROCS_IPC_TIMEOUT`, `ERR_PROCS_IPC_GARBAGE` (a marker that cannot
 *   be read), or what the system says: `ENOENT` when there is no such folder, or no more, `ENOSPC` and `EMFILE` when the user has too
 *   many watches.
 */
async function watch(dir, id, options = {}) {
  const folder = folderOf(dir);
  const name = nameOf(id);
  validateObject(options, 'options');
  const { signal, timeout, ref } = options;
  validateAbortSignal(signal, 'options.signal');
  if (timeout !== undefined) {
    validateNumber(timeout, 'options.timeout', 0);
    if (timeout > LONGEST_TIMER) throw new codes.ERR_OUT_OF_RANGE('options.timeout', `<= ${LONGEST_TIMER}`, timeout);
  }
  if (ref !== undefined) validateBoolean(ref, 'options.ref');
  return new Waiter(folder, name, options).promise;
}

module.exports = { watch };
