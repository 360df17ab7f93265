'use strict';
// map(): an iterable's items as tasks, so many at a time, and their results as an async iterable. What is not asked for is not begun: the source is read as results are
// taken.

const { codes } = require('../errors');
const { iteratorResult } = require('../iterator-result');
const { isThenable } = require('../thenable');
const { validateBoolean, validateInteger } = require('../validate');
const { aborted } = require('./errors');
const { TASK_NAMES } = require('./task-options');
const { refuseUnknown } = require('./unknown-option');

const { ERR_INVALID_ARG_TYPE } = codes;
const NAMES = [...TASK_NAMES, 'concurrency', 'ordered'];

/**
 * @param {unknown} iterable
 * @param {object} given options of map(), and of run() for each
 * @param {(options: object) => (value: unknown) => Promise<unknown>} prepare checks options of run(), and gives what runs a task with them
 * @param {() => number} usual how many at a time, where nothing is said
 */
function map(iterable, given, prepare, usual) {
  refuseUnknown(given, 'map()', NAMES);
  const { concurrency, ordered = true, signal, ...options } = given;
  if (concurrency !== undefined && concurrency !== Infinity)
    validateInteger(concurrency, 'options.concurrency', 1, Number.MAX_SAFE_INTEGER);
  validateBoolean(ordered, 'options.ordered');
  // Given up with the loop.
  const controller = new AbortController();
  const run = prepare({ ...options, signal: controller.signal });
  prepare({ signal });
  return new Mapping(iteratorOf(iterable), concurrency ?? usual(), ordered, controller, signal, run);
}

function iteratorOf(iterable) {
  const open = iterable?.[Symbol.asyncIterator] ?? iterable?.[Symbol.iterator];
  if (typeof open !== 'function') throw new ERR_INVALID_ARG_TYPE('iterable', ['Iterable', 'AsyncIterable'], iterable);
  return open.call(iterable);
}

/** What has come of one item. */
class Item {
  isSettled = false;
  error = undefined;
  hasFailed = false;
  value = undefined;
}

class Mapping {
  #source;
  #concurrency;
  #ordered;
  #controller;
  #run;
  /** Items that are not taken yet, in the order of the source. */
  #items = [];
  #first = 0;
  /** Without order: those that are settled, in the order in which that came about. */
  #settled = [];
  #isReading = false;
  /** What the source has promised and not given, or null. */
  #promised = null;
  #isSourceDone = false;
  #sourceError = null;
  /** Why it was aborted. */
  #abortion = null;
  #isOver = false;
  /** Calls of next() that wait. */
  #waiting = [];
  #unlink = null;

  constructor(source, concurrency, ordered, controller, signal, run) {
    this.#source = source;
    this.#concurrency = concurrency;
    this.#ordered = ordered;
    this.#controller = controller;
    this.#run = run;
    if (signal !== undefined && signal !== null) this.#follow(signal);
  }

  #follow(signal) {
    const abort = () => {
      this.#abortion = { error: aborted(signal.reason) };
      this.#controller.abort(signal.reason);
      // Whoever waits may wait for the source, which knows nothing of it.
      this.#serve();
    };
    if (signal.aborted) abort();
    else if (typeof signal.addEventListener === 'function') {
      signal.addEventListener('abort', abort, { once: true });
      this.#unlink = () => signal.removeEventListener('abort', abort);
    } else {
      signal.once('abort', abort);
      this.#unlink = () => signal.removeListener('abort', abort);
    }
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#read();
      this.#serve();
    });
  }

  /** The loop was left: what is not done is given up. */
  async return(value) {
    await this.#finish();
    return { done: true, value };
  }

  async throw(error) {
    await this.#finish();
    throw error;
  }

  get #open() {
    return this.#items.length - this.#first;
  }

  /** As long as there is room. */
  async #read() {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#open < this.#concurrency && !this.#isSourceDone && !this.#isOver && this.#abortion === null) {
        // What is there at once needs no turn of its own: tasks of one turn go together.
        const given = this.#source.next();
        const result = isThenable(given) ? await this.#wait(given) : given;
        if (this.#isOver) return;
        const { done, value } = iteratorResult(result);
        if (done) {
          this.#isSourceDone = true;
          break;
        }
        const task = isThenable(value) ? await this.#wait(value) : value;
        if (this.#isOver) return;
        this.#begin(task);
      }
    } catch (error) {
      this.#isSourceDone = true;
      this.#sourceError = { error };
    } finally {
      this.#isReading = false;
    }
    this.#serve();
  }

  async #wait(promised) {
    this.#promised = promised;
    try {
      return await promised;
    } finally {
      this.#promised = null;
    }
  }

  #begin(value) {
    const item = new Item();
    this.#items.push(item);
    this.#run(value).then(
      (result) => {
        item.value = result;
        this.#settle(item);
      },
      (error) => {
        item.error = error;
        item.hasFailed = true;
        this.#settle(item);
      },
    );
  }

  #settle(item) {
    item.isSettled = true;
    if (!this.#ordered) this.#settled.push(item);
    this.#serve();
  }

  #serve() {
    while (this.#waiting.length > 0) {
      if (this.#isOver) {
        this.#waiting.shift().resolve({ done: true, value: undefined });
        continue;
      }
      if (this.#abortion !== null) {
        this.#end(this.#abortion);
        continue;
      }
      const item = this.#take();
      if (item === undefined) {
        if (!this.#isSourceDone || this.#open > 0) return;
        this.#end(this.#sourceError);
      } else if (item.hasFailed) {
        this.#end(item);
      } else {
        this.#waiting.shift().resolve({ done: false, value: item.value });
        this.#read();
      }
    }
  }

  /** undefined: the next one is not done. */
  #take() {
    if (this.#ordered) {
      const item = this.#items[this.#first];
      if (item === undefined || !item.isSettled) return undefined;
      this.#items[this.#first++] = undefined;
      this.#compact();
      return item;
    }
    const item = this.#settled.shift();
    if (item !== undefined) this.#first++;
    this.#compact();
    return item;
  }

  #compact() {
    if (this.#first < 256 || this.#first * 2 < this.#items.length) return;
    this.#items.splice(0, this.#first);
    this.#first = 0;
  }

  /** @param {{ error: unknown } | null} failure */
  #end(failure) {
    const { resolve, reject } = this.#waiting.shift();
    const isCut = failure !== null && failure !== this.#sourceError;
    const over = () => (failure === null ? resolve({ done: true, value: undefined }) : reject(failure.error));
    if (isCut) {
      this.#finish().then(over, over);
      return;
    }
    this.#isOver = true;
    this.#unlink?.();
    over();
  }

  async #finish() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#unlink?.();
    this.#controller.abort();
    this.#serve();
    if (this.#isSourceDone) return;
    const promised = this.#promised;
    const closed = this.#source.return?.();
    // One that is waiting for its next item, maybe for ever, closes when it has got it: whoever has left the loop does not wait for that.
    if (promised === null || (await isSettledSoon(promised))) await closed;
  }
}

/** Within this turn of the event loop. */
function isSettledSoon(promise) {
  return new Promise((resolve) => {
    const yes = () => resolve(true);
    promise.then(yes, yes);
    setImmediate(resolve, false);
  });
}

module.exports = { map };
