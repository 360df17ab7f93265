'use strict';

const { ProcessError } = require('../process-error');
const { STATE } = require('../state');
const { Verdict } = require('./verdict');

const ASYNC_DISPOSE = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose'); // not there in the vm contexts of Node 20 and 22

/** Commands that are joined: what pipeline() and pipe() return. A thenable, and an asynchronous iterable of lines. */
class Pipeline {
  /** Starts what is not started; until it is called, null follows it. */
  #open;
  #subprocesses = null;
  #verdict;
  #tail = null;
  #outcome;
  #promise;

  /**
   * @param {() => { subprocesses: object[], tail?: object | null }} open
   * @param {{ pipefail?: boolean, reject?: boolean, opensLater?: boolean,
   *   hasOtherReaders?: (subprocess: object) => boolean, parting?: ((whole: Promise<object>) => Promise<object>) | null }} options
   *   opensLater: in the next tick, or when somebody wants what it gives; parting: what becomes of it may be decided before it is over
   */
  constructor(open, { pipefail = true, reject = true, opensLater = false, hasOtherReaders, parting = null }) {
    this.#open = () => {
      this.#open = null;
      const { subprocesses, links = [], tail = null } = open();
      this.#subprocesses = Object.freeze(subprocesses);
      this.#tail = tail;
      this.#verdict = new Verdict(subprocesses, { __proto__: null, pipefail, links, tail, hasOtherReaders });
    };
    if (!opensLater) this.#open();
    const whole = this.#reach();
    this.#outcome = parting === null ? whole : parting(whole);
    this.#promise = this.#outcome.then(({ result, error }) => {
      if (error !== null && reject) throw error;
      return result;
    });
  }

  /** The commands' subprocesses, from left to right. Functions and streams have none. */
  get steps() {
    this.#open?.();
    return this.#subprocesses;
  }

  get stdin() {
    return this.steps[0].stdin;
  }

  get stdout() {
    return this.steps.at(-1).stdout;
  }

  get stderr() {
    return this.steps.at(-1).stderr;
  }

  get all() {
    return this.steps.at(-1).all;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is awaited, as a subprocess is
  then(onFulfilled, onRejected) {
    return this.#promise.then(onFulfilled, onRejected);
  }

  catch(onRejected) {
    return this.#promise.catch(onRejected);
  }

  finally(onFinally) {
    return this.#promise.finally(onFinally);
  }

  /** Signals every command, from left to right. @returns {boolean} whether one of them got it */
  kill(...signal) {
    return this.steps.map((subprocess) => subprocess.kill(...signal)).includes(true);
  }

  /** On to another command, see Subprocess.prototype.pipe. */
  pipe(...destination) {
    this.#claim();
    return require('./pipe').pipeFrom(this.steps, destination);
  }

  /** Lines of the last command; of a function that stands last, what it gives. */
  iterable(options) {
    this.#claim();
    const last = this.steps.at(-1);
    return this.#whole(this.#tail === null ? last.iterable(options) : this.#tail.items());
  }

  [Symbol.asyncIterator]() {
    return this.iterable();
  }

  /** Ends all that still runs, and waits until it has. */
  async [ASYNC_DISPOSE]() {
    await this.#stop();
  }

  /** Somebody sees to what becomes of it: a failure is no unhandled rejection any more. */
  #claim() {
    this.#promise.catch(() => {});
  }

  async *#whole(items) {
    let isWhole = false;
    try {
      yield* items;
      isWhole = true;
    } catch (error) {
      isWhole = true;
      await this.#promise; // the culprit's error rather than that of the last one
      throw error;
    } finally {
      if (!isWhole) await this.#stop();
    }
    await this.#promise;
  }

  async #stop() {
    this.#claim();
    this.#open?.();
    this.#verdict.endAll(new Error('The pipeline was stopped'));
    await this.#outcome;
  }

  async #reach() {
    // Whoever is going to iterate, or to pipe() to one more, does so in the turn in which this is made.
    await new Promise((resolve) => process.nextTick(resolve));
    this.#open?.();
    const [{ results, last, culprit }, end] = await Promise.all([this.#verdict.reached(), this.#finishTail()]);
    results.forEach((result, i) => {
      if (i > 0 && !result.pipedFrom.includes(results[i - 1])) result.pipedFrom.push(results[i - 1]);
    });
    const error = culprit ?? end?.error ?? null;
    const result = { ...last, pipedFrom: results.at(-1).pipedFrom, results, failed: error !== null };
    if (this.#tail !== null) result.value = end?.value;
    if (error !== null) result.error = error;
    if (error instanceof ProcessError) error.results ??= results;
    return { result, error };
  }

  /** @returns {Promise<{ value?: any, error?: any } | null>} */
  async #finishTail() {
    if (this.#tail === null || this.#tail.isTaken) return null;
    try {
      return { value: await this.#tail.finish() };
    } catch (error) {
      this.steps.at(-1)[STATE].fail(error);
      return { error };
    }
  }
}

module.exports = { Pipeline };
