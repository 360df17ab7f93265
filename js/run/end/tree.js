'use strict';
// All processes that a child has started, and what they started: found and signalled by the addon, on a thread of its own.

const { native } = require('../../native');
const { reactor, register, unregister } = require('../../reactor');
const { treeMode } = require('../inside');

class Tree {
  #number;

  /** @param {number} number of a child that was started with the flag Tree */
  constructor(number) {
    this.#number = number;
  }

  get mechanism() {
    return native().treeMechanism();
  }

  /**
   * @param {number} signal
   * @param {number} except pid of the child when it has got the signal already, or 0
   * @returns {Promise<object>} a TreeReport. After SIGKILL nothing is left but what is in it.
   */
  signal(signal, except) {
    const ticket = reactor().signalTree(this.#number, signal, treeMode(signal), except);
    // No thread could be started.
    if (ticket < 0) return Promise.resolve(this.signalNow(signal));
    return new Promise((resolve) => awaitReport(ticket, resolve));
  }

  /** The same while JavaScript stands still, for a process that is about to end. */
  signalNow(signal) {
    return JSON.parse(native().signalTreeSync(this.#number, signal, treeMode(signal)));
  }

  /**
   * Calls `listener` with a TreeReport once no process of it is left.
   * @returns {() => void} gives up waiting
   */
  onGone(listener) {
    const ticket = reactor().watchTree(this.#number);
    if (ticket < 0) {
      process.nextTick(listener, this.signalNow(0));
      return () => {};
    }
    awaitReport(ticket, listener);
    return () => {
      unregister(ticket);
      reactor().close(ticket);
    };
  }
}

function awaitReport(ticket, listener) {
  register(ticket, {
    __proto__: null,
    onTree(json) {
      unregister(ticket);
      listener(JSON.parse(json));
    },
  });
}

/** @returns {Tree | null} null for a child that was not started as a tree, or not at all */
function treeOf(child) {
  const number = child._handle?.tree() ?? 0;
  return number === 0 ? null : new Tree(number);
}

module.exports = { Tree, treeOf };
