'use strict';
// How a channel comes to its end: by a goodbye of either side, by the peer's death, by something that it must not do.

const { closedError, ipcError } = require('./errors');
const { describe } = require('./remote-error');

/** Milliseconds that a closing channel waits for a peer that does not read. */
const CLOSE_WITHIN = 5_000;
/** The same for the end of a peer that has said goodbye: closing is all that it had left to do. */
const END_AFTER_GOODBYE = 2_000;
/** The same for the exit of a child that has gone without a goodbye, and of one that has said goodbye: it may only have closed the channel. */
const EXIT_WITHIN = 1_000;
const EXIT_AFTER_GOODBYE = 100;
/** Of a child that has exited while somebody else holds its end open. */
const END_AFTER_EXIT = 250;

const NOT_STARTED = 'the program was not started';
const CLOSED = 'ERR_PROCS_IPC_CLOSED';

/** Channels that are open here. */
const open = new Set();
let watchesExit = false;

/**
 * A process that ends by itself says goodbye through the addon, after all its JavaScript. process.exit() leaves the addon out, and its listeners may
 * still send: so it is said behind the last of them.
 */
function watchExit() {
  if (watchesExit) return;
  watchesExit = true;
  process.once('exit', () => {
    const { reallyExit } = process;
    process.reallyExit = (code) => {
      for (const end of open) end.processEnds();
      reallyExit.call(process, code);
    };
  });
}

class Ending {
  isClosing = false;
  /** What the peer has written is all that there will be. */
  isReadOut = false;
  #link;
  #exit = null;
  /** The peer has said it, and perhaps why. */
  #hasGoodbye = false;
  #reason = null;
  /** Something is wrong, whatever else comes. */
  #fault = null;
  #why = null;
  /** How the peer was gone. */
  #gone = 'the peer is gone without a goodbye';
  /** In the middle of a frame, of which nobody is told: that is no good end, whatever the child's exit code is. */
  #isCutOff = false;
  #hasEnded = false;
  #timer = null;
  #lastWords = null;
  #closing = null;

  constructor(link) {
    this.#link = link;
    open.add(this);
    watchExit();
  }

  // What happens.

  goodbye(reason) {
    this.#hasGoodbye = true;
    this.#reason = reason;
    // Its end comes with it, or whoever waits for an answer would wait as long as such a peer likes.
    this.#lastWords ??= setTimeout(() => this.#finish(), END_AFTER_GOODBYE).unref();
  }

  /** The socket is at its end, or has failed, which is the same. @param {string | null} fault what the addon has hung up for: 'CODE message' */
  ended(fault) {
    if (this.#link.isClosed || this.#hasEnded) return;
    this.#hasEnded = true;
    if (fault !== null) {
      const [code] = fault.split(' ', 1);
      const text = fault.slice(code.length + 1);
      // A peer that dies in the middle of a frame has done nothing wrong.
      this.#isCutOff = code === CLOSED;
      if (this.#isCutOff) this.#gone = text;
      else this.#fault = ipcError(code, text);
    }
    const { pid, requester } = this.#link;
    const isNeeded = !this.#hasGoodbye || requester.size > 0;
    // No exit will come of a program that was not started.
    if (pid < 0) this.#gone = NOT_STARTED;
    if (pid <= 0 || this.#exit !== null || this.isClosing || this.#fault !== null || !isNeeded) {
      this.#finish();
      return;
    }
    // A child: its exit says what became of it.
    this.#timer = setTimeout(() => this.#finish(), this.#hasGoodbye ? EXIT_AFTER_GOODBYE : EXIT_WITHIN);
  }

  /** Our child has. What it has written can still be read. */
  exited(exitCode, signal) {
    this.#exit = { exitCode: signal === null ? exitCode : null, signal };
    this.isReadOut = true;
    if (this.#link.isClosed) return;
    if (this.#hasEnded) this.#finish();
    // Usually the end comes with it. Not where the child has handed its end on; but the one that we talked to is gone.
    else if (this.#link.peer?.pid === this.#link.pid) this.#timer ??= setTimeout(() => this.#finish(), END_AFTER_EXIT);
  }

  /** Nothing can be written any more. What the peer has written before is still to be read, and its end. */
  broken(error) {
    this.isReadOut = true;
    this.#link.onActivity();
    if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') {
      this.#fault = ipcError('ERR_PROCS_IPC_CLOSED', `The channel is closed: ${error.message}`);
      process.nextTick(() => this.#finish());
    }
  }

  #finish() {
    if (this.#link.isClosed) return;
    const isGood = this.#hasGoodbye || this.isClosing || (this.#exit?.exitCode === 0 && !this.#isCutOff);
    this.#conclude(this.#fault ?? this.#reason ?? (isGood ? null : this.error()));
  }

  // What is done.

  sayGoodbye() {
    if (this.#closing !== null) return this.#closing;
    this.#closing = new Promise((resolve) => this.#link.channel.once('close', () => resolve()));
    this.isClosing = true;
    const link = this.#link;
    this.#why = 'it was closed at this end';
    link.isDeaf = true;
    link.requester.closeAll(() => this.error());
    link.responder.closeAll(() => this.error());
    this.#timer ??= setTimeout(() => this.#conclude(null), CLOSE_WITHIN);
    link.outbox.defer(null, () => {
      link.outbox.postAlone('X:\n');
      const done = () => this.#conclude(null);
      link.outbox.receipt.then(done, done);
    });
    link.onActivity();
    return this.#closing;
  }

  /** @param {Error | null} error @param {boolean} isTold whether the peer is */
  close(error, isTold) {
    const link = this.#link;
    if (link.isClosed) return;
    this.#fault ??= error;
    this.#why ??= error === null ? 'it was destroyed at this end' : error.message;
    if (isTold && !link.outbox.isBroken) {
      const { name, message, code } = describe(error);
      link.outbox.postAlone(`X:${JSON.stringify({ name, message, code })}\n`);
    }
    this.#conclude(error);
  }

  #conclude(error) {
    if (this.#link.isClosed) return;
    clearTimeout(this.#timer);
    clearTimeout(this.#lastWords);
    open.delete(this);
    this.#link.detach(error);
  }

  processEnds() {
    const { outbox } = this.#link;
    if (this.isClosing || outbox.isBroken || outbox.isBusy) return;
    outbox.postAlone('X:\n');
  }

  /** For whoever still wanted something. */
  error() {
    const error = closedError(this.#why ?? this.#whatBecameOfThePeer(), this.#exit);
    const cause = this.#fault ?? this.#reason;
    if (cause !== null) Object.defineProperty(error, 'cause', { __proto__: null, value: cause, writable: true, configurable: true });
    return error;
  }

  #whatBecameOfThePeer() {
    if (this.#fault !== null) return this.#fault.message;
    if (this.#reason !== null) return `the peer has hung up: ${this.#reason.message}`;
    if (this.#exit !== null) {
      const { exitCode, signal } = this.#exit;
      if (exitCode < 0) return NOT_STARTED;
      if (exitCode === 0 && this.#isCutOff) return this.#gone;
      return signal === null ? `the child has exited with code ${exitCode}` : `the child was ended by ${signal}`;
    }
    return this.#hasGoodbye ? 'the peer has closed it' : this.#gone;
  }
}

function ending(link) {
  return new Ending(link);
}

module.exports = { ending };
