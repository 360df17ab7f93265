'use strict';
// One command of a CommandPool, from run() to its end.

const { AsyncResource } = require('node:async_hooks');
const { onAbort } = require('../child_process')[Symbol.for('@x/procs.inside')]();
const { uncaught } = require('../uncaught');
const { startPrepared } = require('../run')[Symbol.for('@x/procs.inside')]();

class Command {
  /** Of the queue; another one may have it when this one does not wait any more. */
  id = 0;
  promise;
  since = performance.now();
  /** @type {import('../run').Subprocess | null} */
  subprocess = null;
  #prepared;
  #onStart;
  #trace = {};
  #resolve;
  #reject;
  /** Of the call: it is in nobody's when its turn comes. */
  #scope = new AsyncResource('PROCS_COMMAND');
  #forget;

  constructor(prepared, onStart, from) {
    this.#prepared = prepared;
    this.#onStart = onStart;
    Error.captureStackTrace(this.#trace, from);
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** While it waits. */
  whenAborted(listener) {
    const { signal } = this.#prepared.settings;
    if (signal === undefined) return;
    if (signal.aborted) listener();
    else this.#forget = onAbort(signal, listener);
  }

  /** What run() does. `whenOver` is called once, when nothing of it is left. */
  start(whenOver) {
    this.#forget?.();
    this.#scope.runInAsyncScope(() => {
      try {
        this.subprocess = startPrepared(this.#prepared, this.#trace);
      } catch (error) {
        this.#settle(this.#reject, error, whenOver, false);
        return;
      }
      this.subprocess.then(
        (result) => this.#settle(this.#resolve, result, whenOver, !result.failed),
        (error) => this.#settle(this.#reject, error, whenOver, false),
      );
      this.#tell();
    });
  }

  /** What it throws is the caller's own mistake, and not the command's. */
  #tell() {
    if (this.#onStart === undefined || this.subprocess.pid === undefined) return;
    try {
      this.#onStart(this.subprocess);
    } catch (error) {
      uncaught(error);
    }
  }

  #settle(how, value, whenOver, isWell) {
    how(value);
    this.subprocess = null;
    whenOver(isWell);
  }

  /** It was not started, and is not going to be. */
  giveUp(error) {
    this.#forget?.();
    this.#reject(error);
  }
}

module.exports = { Command };
