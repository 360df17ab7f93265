'use strict';
// What became of all the commands of a pipeline, and whose failure is the pipeline's.
//
// As in bash with `set -o pipefail` the rightmost command that failed decides. Not counted are those whose reader wanted no more (see
// broken-pipe.js), those with `reject: false`, and those that were ended here because another had failed.

const { clearTimeout, setTimeout } = require('timers');
const { STATE } = require('../state');
const { hasEnded, hasLeft, isBrokenPipe } = require('./broken-pipe');

class Verdict {
  #subprocesses;
  #runs;
  #pipefail;
  /** By command: { result, error } once it is over. */
  #outcomes;
  /** By command: whether its failure is the pipeline's. */
  #counts;
  /** The failure that has ended the others. */
  #first = null;
  #patience = null;
  #hasOtherReaders;
  #links;
  #tail;

  /**
   * @param {object[]} subprocesses from left to right
   * @param {{ pipefail: boolean, links: object[], tail: { hasEnded: boolean } | null, hasOtherReaders?: (subprocess: object) => boolean }} options
   */
  constructor(subprocesses, { pipefail, links, tail, hasOtherReaders = () => false }) {
    this.#subprocesses = subprocesses;
    this.#runs = subprocesses.map((subprocess) => subprocess[STATE]);
    // What becomes of each is told by the pipeline's promise.
    for (const run of this.#runs) run.claim();
    this.#pipefail = pipefail;
    this.#outcomes = new Array(subprocesses.length);
    this.#counts = new Array(subprocesses.length).fill(false);
    this.#hasOtherReaders = hasOtherReaders;
    this.#links = links;
    this.#tail = tail;
  }

  /** @returns {Promise<{ results: object[], culprit: object | null }>} results: what became of each, an error where it failed */
  async reached() {
    await Promise.all(this.#runs.map((run, i) => this.#watch(run, i)));
    clearTimeout(this.#patience);
    const last = this.#runs.length - 1;
    const decisive = this.#pipefail ? this.#counts.lastIndexOf(true) : this.#counts[last] ? last : -1;
    return {
      results: this.#outcomes.map(({ result, error }) => error ?? result),
      last: this.#outcomes[last].result,
      culprit: decisive === -1 ? null : this.#outcomes[decisive].error,
    };
  }

  /** Ends all that still run, from left to right. */
  endAll(cause) {
    this.#first ??= { error: cause };
    for (let i = 0; i < this.#runs.length; i++) this.#end(i, cause);
  }

  async #watch(run, i) {
    const outcome = await run.outcome;
    this.#outcomes[i] = outcome;
    const { result, error } = outcome;
    if (error === null || run.settings.reject === false || this.#isConsequence(error)) return;
    if (this.#hasReader(i) && isBrokenPipe(result, () => this.#readerHasLeft(i))) return;
    this.#counts[i] = true;
    if (this.#first === null && this.#pipefail) this.#endOthers(i, error);
  }

  #isConsequence({ exitReason, cause }) {
    return this.#first !== null && exitReason === 'stream' && cause === this.#first.error;
  }

  #hasReader(i) {
    return i < this.#runs.length - 1 || this.#tail !== null;
  }

  #readerHasLeft(i) {
    if (i === this.#runs.length - 1) return this.#tail.hasEnded;
    const link = this.#links[i];
    return link?.hasLeft?.() === true || hasLeft(this.#subprocesses[i + 1], link?.to ?? 0);
  }

  /**
   * Those before it work for nobody now. They would notice at their next write, and may never write again. Those behind it see the end of
   * their input and can finish by themselves, for as long as anybody is waited for.
   */
  #endOthers(culprit, error) {
    this.#first = { error };
    const writers = this.#subprocesses.slice(0, culprit);
    for (let i = writers.findLastIndex(this.#hasOtherReaders) + 1; i < culprit; i++) this.#end(i, error);
    if (culprit === this.#runs.length - 1) return;
    const { forceKillAfterDelay } = this.#runs[culprit].settings;
    if (forceKillAfterDelay === Infinity) return;
    this.#patience = setTimeout(() => {
      for (let i = culprit + 1; i < this.#runs.length; i++) this.#end(i, error);
    }, forceKillAfterDelay);
  }

  #end(i, cause) {
    if (this.#outcomes[i] === undefined && !hasEnded(this.#subprocesses[i])) this.#runs[i].ending.end('stream', { __proto__: null, cause });
  }
}

module.exports = { Verdict };
