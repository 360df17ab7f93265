'use strict';
// How one child is ended before it has ended by itself. Whatever the occasion, it goes the same way: the child is asked if it can be
// asked, then it gets killSignal, then SIGKILL; and with killMode 'tree' so does all that it has started, until nothing is left.

const { addLive, removeLive } = require('../../live');
const { signalName } = require('../../validate');
const { Aim, NOBODY } = require('./aim');
const { Escalation } = require('./escalation');
const { Graceful } = require('./graceful');
const { Occasions } = require('./occasions');
const { Remains } = require('./remains');

const SIGKILL = 9;
const SIGCONT = 18;

const NO_OPTIONS = Object.freeze({ __proto__: null });

class Ending {
  /** exitReason when it was ended early, else null. Of several the first. */
  reason = null;
  /** What the caller of abort() or kill() gave along. */
  cause = undefined;
  /** The first signal that was sent to end it, by name. */
  signal = null;
  /** Whether the child had to get SIGKILL because it was still there after forceKillAfterDelay. */
  forced = false;
  /** Whether the child was asked through its cancel signal. */
  graceful = false;
  /** What became of its tree: there after settled(), if it was ended early. */
  treeReport = null;

  #child;
  #settings;
  #onBegin;
  #aim = null;
  #asker;
  #escalation = new Escalation();
  #occasions = new Occasions();
  #remains = null;
  /** Signals that kill() has sent: which of them was its end, if any, is known at the exit. */
  #sent = new Set();
  /** Milliseconds until SIGKILL. */
  #delay = Infinity;
  #isForcing = false;
  #isOver = false;
  #hasExited = false;

  /**
   * @param {import('../../child_process').ChildProcess} child not started yet
   * @param {object} settings killSignal, forceKillAfterDelay, killMode; timeout, signal, gracefulCancel and lifetime where there are any
   * @param {() => void} [onBegin] called once, when it is being ended
   */
  constructor(child, settings, onBegin) {
    this.#child = child;
    this.#settings = settings;
    this.#onBegin = onBegin;
    this.#asker = settings.gracefulCancel ? new Graceful(child) : null;
  }

  /** The child has been started. */
  arm() {
    this.#aim = new Aim(this.#child, this.#settings.killMode);
    if (this.#settings.lifetime === 'parent' && !this.#settings.outlives) addLive(this.#child);
    this.#occasions.watch(this.#settings, (reason, cause) => this.end(reason, { __proto__: null, cause }));
  }

  /** Who gets its signals; null before the start. */
  get aim() {
    return this.#aim;
  }

  /** Whether there may be anybody whom killMode means. */
  get #isReachable() {
    return this.#aim !== null && !this.#isOver && (!this.#hasExited || this.#aim.reachesTree);
  }

  /**
   * The one way a child is ended early. What is being ended already gets no second signal, unless this one is quicker.
   * @param {string} reason an exitReason
   * @param {{ signal?: number, cause?: unknown, forceKillAfterDelay?: number }} [options]
   * @returns {boolean} whether there was anything left to end
   */
  end(reason, { signal = this.#settings.killSignal, cause, forceKillAfterDelay = this.#settings.forceKillAfterDelay } = NO_OPTIONS) {
    if (!this.#isReachable) {
      this.#tooLate(reason, cause);
      return false;
    }
    const isFirst = this.#remains === null;
    this.#begin();
    this.#hurry(forceKillAfterDelay);
    if (this.reason === null) {
      this.reason = reason;
      this.cause = cause;
    }
    if (isFirst && signal !== SIGKILL && this.#asker?.ask(reason, cause)) {
      this.graceful = true;
      this.#escalation.after(this.#delay, () => this.#terminate(signal));
    } else if (isFirst || signal === SIGKILL) {
      this.#terminate(signal);
    }
    return true;
  }

  /**
   * What kill() of the child does: a signal to whoever killMode says. Only killSignal and SIGKILL are understood as "end": others may
   * mean anything to the program.
   * @param {number} signal 0 only asks whether the child is there
   * @param {unknown} [cause] an error to reject with
   * @returns {boolean} whether the child got it
   */
  kill(signal, cause) {
    if (!this.#isReachable) return false;
    if (signal === 0) return this.#aim.isAlive();
    const ends = signal === this.#settings.killSignal || signal === SIGKILL;
    if (ends) this.#begin();
    const wasSent = this.#fire(signal, ends);
    if (wasSent) {
      this.#sent.add(signalName(signal));
      if (cause !== undefined && this.reason === null) {
        this.reason = 'killed';
        this.cause = cause;
      }
    }
    if (ends) {
      this.#hurry(this.#settings.forceKillAfterDelay);
      if (signal !== SIGKILL) this.#force();
    }
    return wasSent;
  }

  /** All of the tree, whatever killMode says. */
  async killTree(signal) {
    if (this.#aim === null) return NOBODY;
    const ends = signal === SIGKILL && !this.#isOver;
    if (ends) {
      this.#begin();
      this.signal ??= 'SIGKILL';
    }
    if (!this.#hasExited) this.#sent.add(signalName(signal));
    const report = await this.#aim.wholeTree(signal);
    if (ends) this.#remains.over(report);
    return report;
  }

  /** To whoever killMode says, without a meaning: it is not counted as an end. Resolves to a TreeReport. */
  async deliver(signal) {
    if (this.#aim === null) return NOBODY;
    return this.#aim.reachesTree ? this.#aim.wholeTree(signal) : this.#aim.fire(signal).report;
  }

  /** The child itself has ended; others of its tree may not have. */
  exited() {
    this.#hasExited = true;
    if (this.reason === null && this.#sent.has(this.#child.signalCode)) this.reason = 'killed';
    if (this.#remains === null) return;
    if (!this.#aim.reachesTree) {
      this.#remains.over(null);
      return;
    }
    // It ended when it was asked: the others were not.
    if (this.signal === null) this.#terminate(this.#settings.killSignal);
    this.#remains.wait();
  }

  /**
   * All output is there: the result only waits for the tree now.
   * @returns {Promise<void> | null}
   */
  settled() {
    this.#occasions.forget();
    if (this.#remains !== null) return this.#remains.gone;
    this.#finish();
    return null;
  }

  /** Settles when what is being ended is gone, or known to stay. */
  get gone() {
    return this.#remains?.gone ?? Promise.resolve();
  }

  /** SIGKILL to all of it, while JavaScript stands still. */
  killNow() {
    if (!this.#isOver) this.#aim?.killNow();
  }

  /** The child has ended, and whom else killMode means; what is waited for is its output, or who takes it. */
  #tooLate(reason, cause) {
    if (!this.#hasExited || this.#isOver || this.reason !== null) return;
    this.reason = reason;
    this.cause = cause;
    this.#onBegin?.();
  }

  #begin() {
    if (this.#remains !== null) return;
    this.#remains = new Remains(this.#aim, (report) => {
      this.treeReport = report;
      this.#finish();
    });
    if (this.#hasExited && this.#aim.reachesTree) this.#remains.wait();
    this.#onBegin?.();
  }

  /** Of several who want it ended, the most impatient says when SIGKILL comes. */
  #hurry(delay) {
    if (delay < this.#delay) this.#delay = delay;
    this.#remains.willBeForced = this.#delay !== Infinity;
    this.#escalation.atMost(delay);
  }

  #terminate(signal) {
    this.#fire(signal, true);
    if (signal !== SIGKILL) this.#force();
  }

  /** Once: whoever repeats the first signal does not put off the last. */
  #force() {
    if (this.#isForcing) return;
    this.#isForcing = true;
    this.#escalation.after(this.#delay, () => {
      if (!this.#hasExited) this.forced = true;
      this.#sent.add('SIGKILL');
      this.#fire(SIGKILL, true);
    });
  }

  /** @returns {boolean} whether the child got it */
  #fire(signal, ends) {
    const { wasSent, report } = this.#aim.fire(signal);
    if (wasSent) this.#child.killed = true;
    if (!ends) return wasSent;
    this.signal ??= signalName(signal);
    if (signal !== SIGKILL) this.#aim.wake(SIGCONT);
    this.#remains.note(signal, report);
    return wasSent;
  }

  #finish() {
    this.#isOver = true;
    this.#escalation.stop();
    this.#occasions.forget();
    removeLive(this.#child);
  }
}

module.exports = { Ending };
