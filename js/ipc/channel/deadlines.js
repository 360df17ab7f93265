'use strict';
// Timeouts of many requests with one timer. Requests mostly have the same few timeouts, so those of one length form a list that is in the
// order of its ends by itself: to add and to remove costs nothing worth mentioning.

const { setTimeout, clearTimeout } = require('node:timers');

/** A list of requests with the same timeout, oldest first. Requests have the fields previous, next, list and due. */
class List {
  first = null;
  last = null;

  constructor(milliseconds) {
    this.milliseconds = milliseconds;
  }
}

class Deadlines {
  #lists = new Map();
  #timer = null;
  #firesAt = Infinity;
  #onTimeout;
  #fire = () => this.#expire();

  /** @param {(request: object, milliseconds: number) => void} onTimeout the request has been removed by then */
  constructor(onTimeout) {
    this.#onTimeout = onTimeout;
  }

  add(request, milliseconds) {
    let list = this.#lists.get(milliseconds);
    if (list === undefined) this.#lists.set(milliseconds, (list = new List(milliseconds)));
    request.list = list;
    request.due = performance.now() + milliseconds;
    request.previous = list.last;
    if (list.last === null) list.first = request;
    else list.last.next = request;
    list.last = request;
    if (request.due < this.#firesAt) this.#arm(request.due);
  }

  remove(request) {
    const { list, previous, next } = request;
    if (list === null) return;
    if (previous === null) list.first = next;
    else previous.next = next;
    if (next === null) list.last = previous;
    else next.previous = previous;
    request.list = null;
    request.previous = null;
    request.next = null;
    if (list.first === null && this.#lists.size > KEPT_LISTS) this.#lists.delete(list.milliseconds);
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#firesAt = Infinity;
  }

  /** What keeps the loop alive is the channel that the answers come from, for as long as one is awaited. */
  #arm(at) {
    clearTimeout(this.#timer);
    this.#firesAt = at;
    // Not a moment too early: timers round down.
    this.#timer = setTimeout(this.#fire, Math.max(1, Math.ceil(at - performance.now()))).unref();
  }

  #expire() {
    this.#timer = null;
    this.#firesAt = Infinity;
    const now = performance.now();
    let next = this.#next();
    for (; next !== null && next.due <= now; next = this.#next()) {
      const { milliseconds } = next.list;
      this.remove(next);
      this.#onTimeout(next, milliseconds);
    }
    if (next !== null && next.due < this.#firesAt) this.#arm(next.due);
  }

  /** The request whose time is up first. */
  #next() {
    let next = null;
    for (const { first } of this.#lists.values()) if (first !== null && (next === null || first.due < next.due)) next = first;
    return next;
  }
}

/** Lists without a request that are kept, since the next one will have the same timeout. */
const KEPT_LISTS = 16;

module.exports = { Deadlines };
