'use strict';
// Who gets a signal that is meant for a child: it alone, its process group, or its tree.

const { getSystemErrorName } = require('util');
const { ESRCH, ONCE, signalGroup, treeMode } = require('../inside');
const { treeOf } = require('./tree');

const SIGKILL = 9;

/** The TreeReport of what was never started. */
const NOBODY = Object.freeze({ mechanism: 'process', signalled: 0, left: Object.freeze([]) });

class Aim {
  #child;
  #mode;
  #tree;

  /**
   * @param {object} child running
   * @param {'process' | 'group' | 'tree'} killMode
   */
  constructor(child, killMode) {
    this.#child = child;
    this.#tree = treeOf(child);
    this.#mode = killMode === 'tree' && this.#tree === null ? 'process' : killMode;
  }

  get reachesTree() {
    return this.#mode === 'tree';
  }

  /** How everybody who is meant is found. */
  get mechanism() {
    return this.#mode === 'tree' ? this.#tree.mechanism : this.#mode;
  }

  isAlive() {
    return this.#toChild(0) === 0;
  }

  /**
   * The child, or its group, gets the signal before this returns; the rest of a tree from a thread.
   * @returns {{ wasSent: boolean, report: Promise<object> }} wasSent: to the child. report: a TreeReport
   */
  fire(signal) {
    const status = this.#mode === 'group' ? this.#toGroup(signal) : this.#toChild(signal);
    const wasSent = status === 0;
    return { wasSent, report: this.#mode === 'tree' ? this.#toRest(signal, wasSent) : Promise.resolve(this.#report(status)) };
  }

  /** A process that is stopped sees no signal but SIGKILL until it goes on. The addon does this for the rest of a tree. */
  wake(signal) {
    if (this.#mode === 'group') this.#toGroup(signal);
    else this.#toChild(signal);
  }

  /**
   * Whatever killMode says.
   * @returns {Promise<object>} a TreeReport
   */
  async wholeTree(signal) {
    if (this.#tree === null) return this.fire(signal).report;
    const report = await this.#tree.signal(signal, 0);
    // A child that has only just been cloned has not marked itself yet: it gets it through its pidfd, and then it is looked for again.
    if (report.signalled > 0 || this.#toChild(signal) !== 0) return report;
    const second = await this.#toRest(signal, true);
    second.signalled ||= 1;
    return second;
  }

  /** The same with nobody waiting for it, when JavaScript is about to end. */
  killNow() {
    this.#toChild(SIGKILL);
    this.#tree?.signalNow(SIGKILL);
  }

  /**
   * Calls `listener` with a TreeReport when nothing of the tree is left; at once where there is none to be found.
   * @returns {() => void} gives up waiting
   */
  onTreeGone(listener) {
    if (this.#tree !== null) return this.#tree.onGone(listener);
    listener(this.#report(ESRCH));
    return () => {};
  }

  #toChild(signal) {
    return this.#child._handle?.signal(signal) ?? ESRCH;
  }

  #toGroup(signal) {
    return this.#child._handle ? signalGroup(this.#child._handle, signal) : ESRCH;
  }

  async #toRest(signal, childHasIt) {
    const report = await this.#tree.signal(signal, childHasIt ? this.#child.pid : 0);
    // The other modes look at all of them, and count it themselves.
    if (childHasIt && treeMode(signal) === ONCE) report.signalled++;
    return report;
  }

  #report(status) {
    const { pid, spawnfile: command } = this.#child;
    const left = status === 0 || status === ESRCH ? [] : [{ pid, command, reason: getSystemErrorName(status) }];
    return { mechanism: this.#mode, signalled: status === 0 ? 1 : 0, left };
  }
}

module.exports = { Aim, NOBODY };
