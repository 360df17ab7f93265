'use strict';
// A circuit breaker: where too many tasks fail, no more are tried for a while, and then a few.
//
// closed: all are tried, and what becomes of them is counted, in buckets that together cover a window of time. open: none is tried. half-open: some are;
// when they succeed it is closed, when one fails it is open again.

const { codes } = require('../errors');
const { uncaught } = require('../uncaught');
const { validateFunction, validateInteger, validateNumber } = require('../validate');
const { WorkerError, isQueueFull } = require('./errors');

const { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = codes;

const CHECKS = {
  __proto__: null,
  errorThresholdPercentage: validatePercentage,
  volumeThreshold: (value, name) => validateInteger(value, name, 1, 2 ** 31 - 1),
  rollingCountTimeout: (value, name) => validateMilliseconds(value, name, 1),
  rollingCountBuckets: (value, name) => validateInteger(value, name, 1, 1000),
  resetTimeout: (value, name) => validateMilliseconds(value, name, 0),
  halfOpenTasks: (value, name) => validateInteger(value, name, 1, 2 ** 31 - 1),
  errorFilter: validateFunction,
};

const DEFAULTS = Object.freeze({
  __proto__: null,
  errorThresholdPercentage: 50,
  volumeThreshold: 10,
  rollingCountTimeout: 10_000,
  rollingCountBuckets: 10,
  resetTimeout: 30_000,
  halfOpenTasks: 1,
  errorFilter: undefined,
});

/** @returns {object | null} null: there is none */
function circuitOptions(given, name) {
  if (given === undefined || given === false) return null;
  for (const key of Object.keys(given)) {
    if (CHECKS[key] === undefined)
      throw new ERR_INVALID_ARG_VALUE(`${name}.${key}`, given[key], `is none of ${Object.keys(CHECKS).join(', ')}`);
    if (given[key] !== undefined) CHECKS[key](given[key], `${name}.${key}`);
  }
  const options = { ...DEFAULTS };
  for (const key of Object.keys(given)) if (given[key] !== undefined) options[key] = given[key];
  return options;
}

class Circuit {
  state = 'closed';
  #options;
  #onState;
  #now;
  /** Of the window: when each bucket began, and what was counted in it. */
  #buckets = [];
  #opensAgainAt = 0;
  /** half-open: tasks that are being tried, and that have succeeded. */
  #tried = 0;
  #succeeded = 0;
  /** Counts up with each state: what was begun in another one says nothing of this one. */
  #era = 0;

  /**
   * @param {object} options of circuitOptions()
   * @param {(state: string) => void} onState
   * @param {() => number} [now] milliseconds
   */
  constructor(options, onState, now = () => performance.now()) {
    this.#options = options;
    this.#onState = onState;
    this.#now = now;
  }

  /** @returns {number} milliseconds until something is tried again, 0 where it is now: then the task must be told of by settled(), with the era */
  admit() {
    if (this.state === 'open') {
      const left = this.#opensAgainAt - this.#now();
      if (left > 0) return left;
      this.#become('half-open');
    }
    if (this.state === 'half-open') {
      if (this.#tried >= this.#options.halfOpenTasks) return 1;
      this.#tried++;
    }
    return 0;
  }

  get era() {
    return this.#era;
  }

  /** Nothing has come of it that would say anything. @param {number} era when the task was admitted */
  withdrawn(era) {
    if (era === this.#era && this.state === 'half-open') this.#tried--;
  }

  /** @param {Error | null} error @param {number} era when the task was admitted */
  settled(error, era) {
    if (era !== this.#era) return;
    const hasFailed = error !== null && this.#counts(error);
    // Its errorFilter may have given tasks to the pool, and what became of them has come here before this.
    if (error !== null && !hasFailed) {
      this.withdrawn(era);
      return;
    }
    if (this.state === 'half-open') {
      if (hasFailed) this.#open();
      else if (++this.#succeeded >= this.#options.halfOpenTasks) this.#become('closed');
      return;
    }
    const bucket = this.#bucket();
    if (hasFailed) bucket.failed++;
    else bucket.succeeded++;
    if (hasFailed && this.#isTooMuch()) this.#open();
  }

  /** What the caller has called off, or the pool has refused, is no failure. */
  #counts(error) {
    if (error instanceof WorkerError ? error.isCalledOff : isQueueFull(error)) return false;
    try {
      return this.#options.errorFilter === undefined || !this.#options.errorFilter(error);
    } catch (thrown) {
      // Its own concern. It has not said that this is none.
      uncaught(thrown);
      return true;
    }
  }

  #open() {
    this.#opensAgainAt = this.#now() + this.#options.resetTimeout;
    this.#become('open');
  }

  #become(state) {
    this.#era++;
    this.state = state;
    this.#buckets = [];
    this.#tried = 0;
    this.#succeeded = 0;
    this.#onState(state);
  }

  #bucket() {
    const { rollingCountTimeout, rollingCountBuckets } = this.#options;
    const now = this.#now();
    const last = this.#buckets[this.#buckets.length - 1];
    if (last !== undefined && now - last.begun < rollingCountTimeout / rollingCountBuckets) return last;
    const bucket = { begun: now, failed: 0, succeeded: 0 };
    this.#buckets = this.#buckets.filter(({ begun }) => now - begun < rollingCountTimeout);
    this.#buckets.push(bucket);
    return bucket;
  }

  #isTooMuch() {
    const { errorThresholdPercentage, volumeThreshold, rollingCountTimeout } = this.#options;
    const since = this.#now() - rollingCountTimeout;
    let failed = 0;
    let all = 0;
    for (const bucket of this.#buckets) {
      if (bucket.begun < since) continue;
      failed += bucket.failed;
      all += bucket.failed + bucket.succeeded;
    }
    return all >= volumeThreshold && failed * 100 >= errorThresholdPercentage * all;
  }

  get counts() {
    const since = this.#now() - this.#options.rollingCountTimeout;
    const counts = { failed: 0, succeeded: 0 };
    for (const bucket of this.#buckets) {
      if (bucket.begun < since) continue;
      counts.failed += bucket.failed;
      counts.succeeded += bucket.succeeded;
    }
    return counts;
  }
}

function validatePercentage(value, name) {
  validateNumber(value, name, 0);
  if (!(value > 0 && value <= 100)) throw new ERR_OUT_OF_RANGE(name, '> 0 && <= 100', value);
}

function validateMilliseconds(value, name, least) {
  validateNumber(value, name, least);
  if (value === Infinity) throw new ERR_OUT_OF_RANGE(name, 'finite', value);
}

module.exports = { Circuit, circuitOptions };
