'use strict';
// Requests of this end: open ones by their ids, and the ways in which each comes to its end exactly once.

const { Aborts } = require('../../aborts');
const { AbortError } = require('../../errors');
const { Deadlines } = require('./deadlines');
const { protocolError, timeoutError } = require('./errors');
const { IncomingStream, StreamAnswer } = require('./incoming-stream');
const { describe, revive } = require('./remote-error');

const LAST_ID = 2 ** 31 - 1;

/** One request that is open. Small, since there are many, and they outlive the youngest garbage collection. */
class Pending {
  resolve;
  reject;
  /** Of an answer that is a stream: then the promise is resolved already. */
  stream = null;
  /** @type {Terms | null} */
  terms = null;
}

/** How it may end otherwise; which most do not say. */
class Terms {
  signal = null;
  /** Of a handle that went with it: to be told whether it has arrived. */
  sent = null;
  // Of the list of requests that time out, see deadlines.js.
  list = null;
  previous = null;
  next = null;
  due = 0;

  constructor(id) {
    this.id = id;
  }
}

class Requester {
  #link;
  #open = new Map();
  #lastId = 0;
  #deadlines = null;
  #aborts = null;
  /** The executor of the promise that is being made: one function for all of them. */
  #made = null;
  #executor = (resolve, reject) => {
    this.#made.resolve = resolve;
    this.#made.reject = reject;
  };

  /** @param {{ postKind(kind: string, id: number, value: unknown): void, fault(error: Error): void, onActivity(): void }} link */
  constructor(link) {
    this.#link = link;
  }

  get size() {
    return this.#open.size;
  }

  /** Of the next request. */
  nextId() {
    let id = this.#lastId;
    do id = id === LAST_ID ? 1 : id + 1;
    while (this.#open.has(id));
    return (this.#lastId = id);
  }

  /**
   * @param {number} id of nextId(), under which the request is sent
   * @param {number} timeout 0 for none
   * @param {AbortSignal | undefined} signal not aborted
   * @returns {Promise<unknown>} which can be iterated, too
   */
  open(id, timeout, signal) {
    const pending = new Pending();
    this.#made = pending;
    const promise = new Promise(this.#executor);
    this.#made = null;
    // A property of each, since a subclass of Promise makes `await` two to six times slower.
    promise[Symbol.asyncIterator] = iterateAnswer;
    this.#open.set(id, pending);
    if (timeout > 0) (this.#deadlines ??= this.#newDeadlines()).add((pending.terms ??= new Terms(id)), timeout);
    if (signal !== undefined) this.#listen((pending.terms ??= new Terms(id)), signal);
    if (this.#open.size === 1) this.#link.onActivity();
    return promise;
  }

  /** A handle goes with it. @param {(hasArrived: boolean) => void} sent */
  withHandle(id, sent) {
    const pending = this.#open.get(id);
    // Given up, while a validator took its time.
    if (pending === undefined) sent(false);
    else (pending.terms ??= new Terms(id)).sent = sent;
  }

  /** It was not sent: who wanted to has been told. */
  forget(id) {
    this.#close(id);
  }

  // What the peer says. An id that is not open belongs to a request that was given up: then nothing is wanted.

  onAnswer(id, value) {
    const pending = this.#close(id);
    if (pending === undefined) return;
    told(pending, true);
    if (pending.stream === null) pending.resolve(value);
    else this.#link.fault(protocolError('An answer came to a request that was answered with a stream'));
  }

  onError(id, described) {
    const pending = this.#close(id);
    if (pending === undefined) return;
    const error = revive(described);
    told(pending, error?.code !== 'ERR_PROCS_IPC_HANDLE_LOST');
    if (pending.stream === null) pending.reject(error);
    else pending.stream.fail(error);
  }

  onStream(id) {
    const pending = this.#open.get(id);
    if (pending === undefined) return;
    if (pending.stream !== null) {
      this.#link.fault(protocolError('A stream was begun twice'));
      return;
    }
    if (pending.terms !== null) this.#deadlines?.remove(pending.terms);
    told(pending, true);
    pending.stream = new IncomingStream(
      (items) => this.#link.postKind('W', id, items),
      () => {
        if (this.#close(id) !== undefined) this.#link.postKind('C', id, undefined);
      },
    );
    pending.resolve(new StreamAnswer(pending.stream));
    // They have hold of the promise, and so of what it was resolved with.
    pending.resolve = null;
    pending.reject = null;
  }

  onItem(id, item) {
    const pending = this.#open.get(id);
    if (pending === undefined) return;
    if (pending.stream === null) this.#link.fault(protocolError('An item came without a stream'));
    else if (!pending.stream.push(item)) this.#link.fault(protocolError('More items of a stream came than were allowed'));
  }

  onDone(id, value) {
    const pending = this.#close(id);
    if (pending === undefined) return;
    if (pending.stream === null) this.#link.fault(protocolError('The end of a stream came without a stream'));
    else pending.stream.end(value);
  }

  /** Whether an answer to it is still wanted. */
  isOpen(id) {
    return this.#open.has(id);
  }

  /** It ends here, whatever the peer does. */
  giveUp(id, error, reason) {
    const pending = this.#close(id);
    if (pending === undefined) return;
    told(pending, false);
    if (reason !== undefined) this.#link.postKind('C', id, reason);
    if (pending.stream === null) pending.reject(error);
    else pending.stream.fail(error);
  }

  /** @param {() => Error} makeError for each its own */
  closeAll(makeError) {
    this.#deadlines?.close();
    for (const id of [...this.#open.keys()]) this.giveUp(id, makeError(), undefined);
  }

  #close(id) {
    const pending = this.#open.get(id);
    if (pending === undefined) return undefined;
    this.#open.delete(id);
    if (pending.terms !== null) this.#lift(pending.terms);
    if (this.#open.size === 0) this.#link.onActivity();
    return pending;
  }

  #newDeadlines() {
    return new Deadlines(({ id }, milliseconds) => {
      const error = timeoutError(milliseconds);
      this.giveUp(id, error, describe(error));
    });
  }

  #listen(terms, signal) {
    this.#aborts ??= new Aborts(({ id }, reason) => this.giveUp(id, new AbortError(undefined, { cause: reason }), describe(reason)));
    terms.signal = signal;
    this.#aborts.watch(signal, terms);
  }

  #lift(terms) {
    this.#deadlines?.remove(terms);
    if (terms.signal !== null) this.#aborts.forget(terms.signal, terms);
  }
}

/** Of the handle that went with it, if there was one: once. */
function told({ terms }, hasArrived) {
  if (terms === null || terms.sent === null) return;
  const { sent } = terms;
  terms.sent = null;
  sent(hasArrived);
}

/** What a promise of request() has as its iterator: the items of a stream, or the one answer that there is. */
async function* iterateAnswer() {
  const answer = await this;
  if (answer instanceof StreamAnswer) return yield* answer;
  yield answer;
  return undefined;
}

module.exports = { Requester };
