'use strict';
// What ends a Subprocess, as its methods. A property of Subprocess.prototype each.

const { codes } = require('../../errors');
const { NOBODY } = require('./aim');
const { native } = require('../../native');
const { signalNumber } = require('../../validate');
const { STATE } = require('../state');

const SIGKILL = 9;
const SIGCONT = 18;
const SIGSTOP = 19;

const methods = {
  __proto__: null,

  /**
   * Sends a signal to whoever `killMode` says; the child itself gets it before this returns.
   * @param {string | number | Error} [signal] default: killSignal
   * @param {Error} [error] the result is then rejected with this as its cause
   * @returns {boolean} whether the child got it: false after its end
   */
  kill(signal, error) {
    const { ending, settings } = this[STATE];
    const isReason = signal instanceof Error;
    const cause = isReason ? signal : error;
    if (cause !== undefined && !(cause instanceof Error)) throw new codes.ERR_INVALID_ARG_TYPE('error', 'Error', cause);
    const number = signal === undefined || isReason ? settings.killSignal : signal === 0 ? 0 : signalNumber(signal);
    return ending?.kill(number, cause) ?? false;
  },

  /**
   * Sends a signal to all that the child has started, whatever `killMode` says, and to itself. With SIGKILL, the default, nothing is
   * left then but what the report says.
   * @returns {Promise<object>} a TreeReport
   */
  async killTree(signal = SIGKILL) {
    return this[STATE].ending?.killTree(signalNumber(signal)) ?? NOBODY;
  },

  /** Stops the child, and all that killMode says, until resume(). Its timeout runs on. */
  async suspend() {
    return this[STATE].ending?.deliver(SIGSTOP) ?? NOBODY;
  },

  async resume() {
    return this[STATE].ending?.deliver(SIGCONT) ?? NOBODY;
  },

  /** How those are found that killMode says: 'mark', 'group' or 'process'; null for a child that was not started. */
  get killMechanism() {
    return this[STATE].ending?.aim?.mechanism ?? null;
  },

  /** Who ends the child when this process is gone: 'keeper', or why nobody does. */
  get lifetimeMechanism() {
    return this[STATE].settings.lifetime === 'parent' ? native().lifetimeMechanism() : 'independent';
  },
};

// Missing in the vm contexts of Node 20 and 22, where Jest runs modules.
if (Symbol.dispose) {
  methods[Symbol.dispose] = function dispose() {
    end(this);
  };
}

if (Symbol.asyncDispose) {
  methods[Symbol.asyncDispose] = async function asyncDispose() {
    end(this);
    await this[STATE].outcome;
  };
}

/** Whoever leaves its scope does not ask how it has ended. */
function end(subprocess) {
  const state = subprocess[STATE];
  if (state.ending?.end('killed')) state.claim();
}

module.exports = { methods };
