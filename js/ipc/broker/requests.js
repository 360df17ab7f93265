'use strict';
// Requests to other clients by their names, and requests of theirs.

const { Aborts } = require('../../aborts');
const { AbortError } = require('../../errors');
const { Deadlines } = require('../channel/deadlines');
const { describe, revive } = require('../channel/remote-error');
const { brokerError, noHandler, timeoutError } = require('./errors');

/** How long requests wait for a handler after the client was made: a program may have to prepare. Milliseconds. */
const PATIENCE = 2_000;
/** Of other clients, that are being handled or wait for a handler. */
const MOST = 65_536;

/** A request of this client's that is open. */
class Pending {
  signal = null;
  // See deadlines.js.
  list = null;
  previous = null;
  next = null;
  due = 0;

  constructor(id, name, resolve, reject) {
    this.id = id;
    this.name = name;
    this.resolve = resolve;
    this.reject = reject;
  }
}

class Requests {
  #link;
  #open = new Map();
  #deadlines = new Deadlines((pending, milliseconds) => this.#giveUp(pending, timeoutError(milliseconds)));
  #aborts = new Aborts((pending, reason) => this.#giveUp(pending, new AbortError(undefined, { cause: reason })));
  #handler = null;
  /** Of others, by sender and id. */
  #serving = new Map();
  #early = [];
  #patience = null;
  #isPatient = true;

  /** @param {object} link see link.js */
  constructor(link) {
    this.#link = link;
  }

  /** Whether an answer is awaited, or is owed. */
  get isBusy() {
    return this.#open.size > 0 || this.#serving.size > 0;
  }

  get hasHandler() {
    return this.#handler !== null;
  }

  isOpen(id) {
    return this.#open.has(id);
  }

  request(id, name, message, { timeout, signal }) {
    return new Promise((resolve, reject) => {
      const pending = new Pending(id, name, resolve, reject);
      // Throws before anything is sent.
      this.#link.outgoing.send(`Q${id}`, name, message)?.catch((error) => this.#settle(id)?.reject(error));
      this.#open.set(id, pending);
      if (timeout > 0 && timeout !== Infinity) this.#deadlines.add(pending, timeout);
      if (signal !== undefined) {
        pending.signal = signal;
        this.#aborts.watch(signal, pending);
      }
      this.#link.onActivity();
    });
  }

  onAnswer(id, value) {
    this.#settle(id)?.resolve(value);
  }

  onError(id, described) {
    this.#settle(id)?.reject(revive(described));
  }

  /** The answer cannot be read. */
  fail(id, error) {
    this.#settle(id)?.reject(error);
  }

  #settle(id) {
    const pending = this.#open.get(id);
    if (pending === undefined) return undefined;
    this.#open.delete(id);
    this.#deadlines.remove(pending);
    if (pending.signal !== null) this.#aborts.forget(pending.signal, pending);
    this.#link.onActivity();
    return pending;
  }

  #giveUp(pending, error) {
    if (this.#settle(pending.id) === undefined) return;
    this.#link.outgoing.send(`C${pending.id}`, pending.name, describe(error));
    pending.reject(error);
  }

  // Of others.

  /** @param {Function | null} handler */
  setHandler(handler) {
    this.#handler = handler;
    this.#isPatient = false;
    if (this.#early.length > 0) process.nextTick(serveEarly, this);
  }

  serveEarly() {
    clearTimeout(this.#patience);
    this.#isPatient = false;
    for (const { id, from, message } of this.#early.splice(0)) this.onRequest(id, from, message);
  }

  onRequest(id, from, message) {
    if (this.#serving.size + this.#early.length >= MOST) {
      this.#refuse(id, from, brokerError('ERR_PROCS_IPC_QUEUE_FULL', `${MOST} requests are being handled already`));
    } else if (this.#handler !== null) {
      this.#serve(id, from, message);
    } else if (this.#isPatient) {
      this.#early.push({ id, from, message });
      this.#patience ??= setTimeout(serveEarly, PATIENCE, this).unref();
    } else {
      this.#refuse(id, from, noHandler(this.#link.name));
    }
  }

  #refuse(id, from, error) {
    this.#link.outgoing.send(`E${id}`, from, describe(error));
  }

  async #serve(id, from, message) {
    const key = `${id}=${from}`;
    const controller = new AbortController();
    this.#serving.set(key, controller);
    this.#link.onActivity();
    let head = 'R';
    let answer;
    try {
      answer = await this.#handler(message, { from, signal: controller.signal });
    } catch (error) {
      head = 'E';
      answer = describe(error);
    }
    if (this.#serving.get(key) !== controller) return;
    this.#serving.delete(key);
    try {
      await this.#link.outgoing.send(`${head}${id}`, from, answer);
    } catch (error) {
      // It cannot be cloned, or is too large.
      this.#refuse(id, from, error);
    }
    this.#link.onActivity();
  }

  onCancel(id, from, described) {
    const key = `${id}=${from}`;
    const controller = this.#serving.get(key);
    this.#early = this.#early.filter((early) => early.id !== id || early.from !== from);
    if (controller === undefined) return;
    this.#serving.delete(key);
    controller.abort(described === undefined ? new AbortError('The requester has gone') : revive(described));
    this.#link.onActivity();
  }

  /** @param {() => Error} makeError for each its own */
  closeAll(makeError) {
    clearTimeout(this.#patience);
    this.#deadlines.close();
    for (const id of [...this.#open.keys()]) this.#settle(id).reject(makeError());
    const serving = [...this.#serving.values()];
    this.#serving.clear();
    for (const controller of serving) controller.abort(makeError());
  }
}

function serveEarly(requests) {
  requests.serveEarly();
}

module.exports = { Requests };
