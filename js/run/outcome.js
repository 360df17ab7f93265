'use strict';
// What came of a run, in the forms in which it is asked for. Each is made when it is first asked for: many runs are only awaited when
// they are over, of some only the end is, and turning much output into a string takes its time.

const { failureOf } = require('./failure');
const { resultOf, isFailure } = require('./result');

class Outcome {
  /** Whether somebody tells of a failure in another way. */
  isClaimed = false;
  #run;
  #facts = null;
  #isComplete = false;
  #result;
  #error;
  #promise = new Later();
  #both = new Later();
  #failure = new Later();

  constructor(run) {
    this.#run = run;
  }

  settle(facts) {
    this.#facts = facts;
    const isAsked = this.#promise.isAsked;
    this.#promise.settle(() => this.#settled());
    this.#both.settle(() => this.#forms());
    this.#failure.settle(() => this.#errorOrNull());
    // Nobody has asked. It is as with any other promise: without a handler by the end of this turn, it is an unhandledRejection.
    if (!isAsked && !this.isClaimed && this.#run.settings.reject && isFailure(facts)) this.promise;
  }

  /** As `await` gives it. */
  get promise() {
    return this.#promise.promise;
  }

  /** { result, error }, never rejected. */
  get both() {
    return this.#both.promise;
  }

  /** The ProcessError or null, never rejected. */
  get failure() {
    return this.#failure.promise;
  }

  #settled() {
    this.#complete();
    if (this.#run.settings.reject && isFailure(this.#facts)) throw this.#asError();
    return this.#asResult();
  }

  #forms() {
    this.#complete();
    return { result: this.#asResult(), error: this.#errorOrNull() };
  }

  #errorOrNull() {
    return isFailure(this.#facts) ? this.#asError() : null;
  }

  #asResult() {
    return (this.#result ??= resultOf(this.#complete()));
  }

  #asError() {
    return (this.#error ??= failureOf(this.#complete()));
  }

  /** With the output. There may be too much of it for a string, and then that is what came of the run. */
  #complete() {
    if (this.#isComplete) return this.#facts;
    this.#isComplete = true;
    const { stdio, all, error } = this.#run.values();
    const facts = this.#facts;
    facts.stdio = stdio;
    facts.all = all;
    if (error !== null && !isFailure(facts)) {
      facts.reason = 'stream';
      facts.cause = error;
    }
    return facts;
  }
}

/** A promise that is not made before somebody wants it. */
class Later {
  #promise;
  #resolvers;
  #make;

  get isAsked() {
    return this.#promise !== undefined;
  }

  get promise() {
    if (this.#promise === undefined) {
      this.#promise = new Promise((resolve, reject) => {
        this.#resolvers = { resolve, reject };
      });
      if (this.#make !== undefined) this.#resolve();
    }
    return this.#promise;
  }

  /** @param {() => any} make what it resolves with, or it throws what it rejects with */
  settle(make) {
    this.#make = make;
    if (this.#promise !== undefined) this.#resolve();
  }

  #resolve() {
    try {
      this.#resolvers.resolve(this.#make());
    } catch (error) {
      this.#resolvers.reject(error);
    }
  }
}

module.exports = { Outcome };
