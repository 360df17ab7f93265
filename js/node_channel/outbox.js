'use strict';
// Messages on their way to the native channel: gathering, back-pressure, and what becomes of each.

const { errno } = require('node:os').constants;
const { ErrnoException } = require('../errors');
const { Receipt } = require('./receipt');
const turn = require('../turn');

/** Node's own bound: the peer is more than two reads behind. */
const HIGH_WATER = 128 * 1024;
const NO_HANDLE = -1;
const CLOSED_HANDLE = -2;

/**
 * Node's own send() has written by the time it returns, and a child may count on that before it computes for a while, or kills itself. So
 * a child's messages are gathered only when they come in numbers, and never for longer than this (milliseconds).
 */
const PATIENCE = 1;
/** Where they come quicker than this, the clock, which costs as much as a tenth of a message, is asked only now and then. */
const QUICK = 0.05;
const SKIPPED = 15;

class Outbox {
  #batch;
  #native;
  #control;
  #emitError;
  #writeNative = (data, handle) => this.#write(data, handle);
  /** So many messages of a turn are written at once; the rest of the turn is gathered. */
  #eager;
  #writtenInTurn = 0;
  #flushedAt = 0;
  #lookedAt = 0;
  #looksToSkip = 0;
  #isClosed = false;
  /** Bytes that the kernel has not taken, as far as we were told. */
  #queued = 0;
  /** Of the gathered messages: the receipts of those with a callback, and how many others want an 'error' event. */
  #receipts = null;
  #loud = 0;
  /** For each write that the kernel did not take at once: its receipts, or null. */
  #waiting = [];

  /**
   * @param {import('../native').Channel} native
   * @param {import('./codec/json').Batch} batch encodes what it is given
   * @param {import('./control').Control} control
   * @param {(error: Error) => void} emitError for messages without a callback
   * @param {number} eager messages of a turn that are not gathered, at least 1
   */
  constructor(native, batch, control, emitError, eager) {
    this.#eager = eager;
    this.#native = native;
    this.#batch = batch;
    this.#control = control;
    this.#emitError = emitError;
    turn.watchExit();
  }

  /** Whether the peer keeps up. */
  get keepsUp() {
    return this.#queued + this.#batch.size < HIGH_WATER;
  }

  /** Throws what encoding throws; nothing is sent then. */
  send(message, callback, swallowErrors) {
    this.#add(message, callback, swallowErrors);
    if (this.#writtenInTurn < this.#eager && !turn.isExiting()) {
      if (++this.#writtenInTurn === 1) turn.join(this);
      this.flush();
      if (this.#eager > 1 && this.#writtenInTurn === this.#eager) this.#startClock();
    } else if (this.#batch.isFull || turn.isExiting() || this.#isLate()) {
      this.flush();
    }
  }

  #startClock() {
    this.#flushedAt = performance.now();
    this.#lookedAt = this.#flushedAt;
    this.#looksToSkip = 0;
  }

  /** Whether what is gathered has waited for too long. */
  #isLate() {
    if (this.#eager === 1 || this.#looksToSkip-- > 0) return false;
    const now = performance.now();
    this.#looksToSkip = now - this.#lookedAt < QUICK ? SKIPPED : 0;
    this.#lookedAt = now;
    if (now - this.#flushedAt < PATIENCE) return false;
    this.#flushedAt = now;
    return true;
  }

  /** Not gathered, because the descriptor goes with the first byte of its message. Returns 0 or a negative errno. */
  sendWithHandle(message, fd, callback, swallowErrors) {
    this.flush();
    this.#add(message, callback, swallowErrors);
    return this.#drain(fd >= 0 ? fd : CLOSED_HANDLE);
  }

  flush() {
    if (this.#batch.size > 0) this.#drain(NO_HANDLE);
  }

  endTurn() {
    this.#writtenInTurn = 0;
    this.flush();
  }

  /** The `count` oldest writes that had to wait are done. */
  onWritten(count, status) {
    const error = status < 0 ? new ErrnoException(status, 'write') : null;
    this.#queued = this.#native.queuedBytes();
    for (const receipts of this.#waiting.splice(0, count)) {
      this.#control.unrefCounted();
      settle(receipts, error);
    }
  }

  /** Nothing more goes out. Of what is dropped Node says that it was sent (null); here the callbacks get ECANCELED. */
  close() {
    this.flush();
    this.#isClosed = true;
    if (this.#waiting.length > 0) this.onWritten(this.#waiting.length, -errno.ECANCELED);
  }

  #add(message, callback, swallowErrors) {
    this.#batch.add(message);
    if (typeof callback === 'function') {
      this.#receipts ??= [];
      this.#receipts.push(new Receipt(callback));
    } else if (!swallowErrors) {
      this.#loud++;
    }
  }

  #drain(handle) {
    const receipts = this.#receipts;
    const loud = this.#loud;
    this.#receipts = null;
    this.#loud = 0;
    const status = this.#batch.drain(this.#writeNative, handle);
    if (status === 0) {
      settle(receipts, null);
      return 0;
    }
    if (status > 0) {
      this.#queued = status;
      this.#waiting.push(receipts);
      this.#control.refCounted();
      return 0;
    }
    const error = new ErrnoException(status, 'write');
    settle(receipts, error);
    for (let i = 0; i < loud; i++) process.nextTick(this.#emitError, error);
    return status;
  }

  #write(data, handle) {
    if (this.#isClosed) return -errno.EPIPE;
    if (handle === CLOSED_HANDLE) return -errno.EBADF;
    return this.#native.write(data, handle);
  }
}

function settle(receipts, error) {
  if (receipts === null) return;
  for (const receipt of receipts) receipt.settle(error);
}

module.exports = { Outbox };
