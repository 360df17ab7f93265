'use strict';
// The second argument of a task's function.

const { AsyncResource } = require('node:async_hooks');
const seldom = require('./seldom');

let cancel;
let close;
let runIn;

const MANUALLY = { requireManualDestroy: true };

class Context {
  #worker;
  #id;
  #mark;
  #handle;
  #controller = null;
  #reason;
  #isAborted = false;
  #isOver = false;
  #progress;
  /** What a task sets in an AsyncLocalStorage is its own: many of them begin in one turn. */
  #scope = new AsyncResource('PROCS_TASK', MANUALLY);

  /**
   * @param {{ workerId: number, name: string, emit: Function, progress: Function }} worker
   * @param {number} id
   * @param {string | null} mark its name as the frame has it
   * @param {unknown} handle
   */
  constructor(worker, id, mark, handle) {
    this.#worker = worker;
    this.#id = id;
    this.#mark = mark;
    this.#handle = handle;
  }

  static {
    cancel = (context, reason) => {
      context.#isAborted = true;
      context.#reason = reason;
      context.#controller?.abort(reason);
    };
    close = (context) => {
      context.#isOver = true;
      context.#scope.emitDestroy();
    };
    runIn = (context, run, value) => context.#scope.runInAsyncScope(run, undefined, value, context);
  }

  /** Aborted when nobody waits for the task any more. Made when it is asked for: it costs more than a small task. */
  get signal() {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Tells the caller's `onProgress`. Can be taken out of this object, as emit() can. */
  get progress() {
    this.#progress ??= (value) => !this.#isOver && this.#worker.progress(this.#id, value);
    return this.#progress;
  }

  /** Tells whoever listens to the pool. */
  get emit() {
    return this.#worker.emit;
  }

  get workerId() {
    return this.#worker.workerId;
  }

  get name() {
    return this.#mark === null ? this.#worker.name : seldom.names.decodeName(this.#mark);
  }

  /** What was sent along. */
  get handle() {
    return this.#handle;
  }
}

module.exports = { Context, cancel, close, runIn };
