'use strict';
// Frames on their way to the native wire: gathered for a turn, in order, bounded, and what send() promised of each.

const { errno } = require('node:os').constants;
const { ErrnoException } = require('../../errors');
const turn = require('../../turn');
const { LONG, bytesOf } = require('./bytes');
const { Order } = require('./order');

/** Characters after which gathered frames are written. */
const GATHER = 64 * 1024;
/** Milliseconds between two answers from which on the first does not wait for the second. */
const SLOW = 0.1;
const SENT = Promise.resolve();
/** A descriptor is closed, or too many of this user's are on their way. */
const OF_HANDLES = [-errno.EBADF, -errno.ETOOMANYREFS, -errno.EMFILE];

/** What became of the frames of one write. One for all of them. */
class Receipt {
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Who does not look at it hears of it by the end of the channel, which comes with every failed write.
    this.promise.catch(ignore);
  }
}

function ignore() {}

class Outbox {
  #wire;
  #writeLines;
  #events;
  #maxQueuedBytes;
  /** Whole lines. */
  #lines = '';
  /** Of those in #lines, if anybody asked. */
  #receipt = null;
  /** Something was written in this turn; the rest of the turn is gathered. */
  #isInTurn = false;
  /** Frames are being received: when it was last looked at what was gathered, and whether a message has gone out since. */
  #isReceiving = false;
  #lookedAt = 0;
  #hasSpoken = false;
  /** For each write that the kernel did not take at once: its receipt, or null. */
  #waiting = [];
  /** Bytes that the kernel has not taken, as far as we were told. */
  #queued = 0;
  /** Those of them that are answers. */
  #answers = 0;
  #isFull = false;
  /** Nothing more goes out. */
  #isBroken = false;
  /** Nothing more will ever go out: why. */
  #failure = null;
  /** What has to wait for something else than the kernel. */
  #order = null;
  #orderEnds = () => {
    this.#order = null;
  };

  /**
   * @param {object} wire see Wire in native.d.ts
   * @param {{ onRoom(): void, onBroken(error: Error): void, onActivity(): void }} events onRoom: it was full and is not any more; onActivity:
   *   whether something waits has changed
   */
  constructor(wire, events, maxQueuedBytes) {
    this.#wire = wire;
    this.#writeLines = wire.writer(false);
    this.#events = events;
    this.#maxQueuedBytes = maxQueuedBytes;
    turn.watchExit();
  }

  get queuedBytes() {
    return this.#queued + this.#lines.length;
  }

  set maxQueuedBytes(bytes) {
    this.#maxQueuedBytes = bytes;
  }

  /** Whether the bound is reached. Whoever sees that is told by onRoom when it is not any more. */
  get isFull() {
    if (this.#queued + this.#lines.length < this.#maxQueuedBytes) return false;
    this.#isFull = true;
    return true;
  }

  /** Whether the peer asks, and does not take the answers. */
  get isFullOfAnswers() {
    return this.#answers >= this.#maxQueuedBytes;
  }

  /** Whether a write has to wait: for the kernel, or for the peer. */
  get isWaiting() {
    return this.#waiting.length > 0;
  }

  /** Whether something has not been taken by the kernel yet. */
  get isBusy() {
    return this.#waiting.length > 0 || this.#order !== null;
  }

  get failure() {
    return this.#failure;
  }

  get isBroken() {
    return this.#isBroken || this.#failure !== null;
  }

  /** Whether what is sent now has to wait for what was sent before. */
  get isHeld() {
    return this.#order !== null;
  }

  /** Of what was posted last. */
  get receipt() {
    if (this.#lines !== '') return (this.#receipt ??= new Receipt()).promise;
    if (this.#failure !== null) return rejected(this.#failure);
    if (this.#isBroken && this.#waiting.length === 0) this.#waiting.push(null);
    const last = this.#waiting.length - 1;
    return last < 0 ? SENT : (this.#waiting[last] ??= new Receipt()).promise;
  }

  /** @param {string} line of a frame that is nothing but that */
  post(line, isAnswer = false) {
    if (this.#order === null) this.postNow(line, isAnswer);
    else this.#order.add(null, () => this.postNow(line));
  }

  /** The same of an answer, which the peer has asked for and may not take. */
  postAnswer(line) {
    this.post(line, true);
    if (this.#queued > 0) this.#answers += line.length;
  }

  /** What has waited already. */
  postNow(line, isAnswer = false) {
    this.#lines += line;
    if (this.#isInTurn) {
      if (this.#lines.length >= GATHER || (this.#isReceiving && this.#isUrgent(isAnswer)) || turn.isExiting()) this.flush();
      return;
    }
    if (!turn.isExiting()) {
      this.#isInTurn = true;
      turn.join(this);
    }
    this.flush();
  }

  /** The last word: the addon has to see that it is. */
  postAlone(line) {
    this.flush();
    this.postNow(line);
    this.flush();
  }

  /**
   * A frame with segments or descriptors. They are with the kernel, or copied, when this returns.
   * @throws the system's error about a descriptor that cannot be sent; nothing of the frame is sent then
   */
  postParts(line, segments, handles) {
    if (handles === null) {
      const text = this.#lines + line;
      this.#lines = '';
      this.#write(text, segments, null);
      return;
    }
    // They go with the first byte of what is written.
    this.flush();
    this.#write(line, segments, handles);
  }

  /**
   * Waits for `ready`; what is posted after this waits as well, but by postNow().
   * @param {PromiseLike<unknown> | null} ready
   * @param {(error: unknown, value: unknown) => void} run
   */
  defer(ready, run) {
    this.#order ??= new Order(this.#orderEnds);
    this.#order.add(ready, run);
    this.#events.onActivity();
  }

  /** Frames are being received: answers that are given meanwhile, and in the microtasks that come of it, go out together. */
  gather() {
    this.#isInTurn = true;
    this.#isReceiving = true;
    this.#hasSpoken = false;
    this.#lookedAt = performance.now();
    turn.enter(this);
  }

  gathered() {
    this.#isReceiving = false;
    this.flush();
    turn.leave();
  }

  /** Whether what was just gathered must not wait: a message that is the first of its turn, as everywhere; an answer that took long. */
  #isUrgent(isAnswer) {
    const now = performance.now();
    const isSlow = now - this.#lookedAt > SLOW;
    this.#lookedAt = now;
    if (isAnswer || this.#hasSpoken) return isSlow;
    this.#hasSpoken = true;
    return true;
  }

  flush() {
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    this.#write(lines, null, null);
  }

  endTurn() {
    this.#isInTurn = false;
    this.flush();
    // Where the bound is smaller than what is gathered, and the kernel has taken it at once.
    this.#tellRoom();
  }

  #write(text, segments, handles) {
    const receipt = this.#receipt;
    this.#receipt = null;
    if (this.isBroken) {
      if (this.#failure !== null) receipt?.reject(this.#failure);
      else if (receipt !== null) this.#waiting.push(receipt);
      return;
    }
    let status;
    if (segments !== null || handles !== null) status = this.#wire.write(text, segments, handles);
    else if (text.length >= LONG) status = this.#wire.write('', [bytesOf(text)], null);
    else status = this.#writeLines(text);
    if (status === 0) {
      receipt?.resolve();
    } else if (status > 0) {
      // 1 is also said where only the shared memory is full, and nothing is queued.
      this.#queued = status === 1 ? this.#wire.queuedBytes() : status;
      this.#waiting.push(receipt);
      if (this.#waiting.length === 1) this.#events.onActivity();
    } else {
      const error = new ErrnoException(status, 'write');
      if (handles !== null && OF_HANDLES.includes(status)) throw error;
      if (receipt !== null) this.#waiting.push(receipt);
      this.#break(error);
    }
  }

  /** The `count` oldest writes that had to wait are done. */
  onWritten(count, status) {
    this.#queued = this.#wire.queuedBytes();
    // Those that are out are not, even where other writes keep it from ever being empty.
    this.#answers = Math.min(this.#answers, this.#queued);
    if (status < 0) {
      this.#break(new ErrnoException(status, 'write'));
      return;
    }
    for (const receipt of this.#waiting.splice(0, count)) receipt?.resolve();
    this.#events.onActivity();
    this.#tellRoom();
  }

  #tellRoom() {
    if (this.#isFull && !this.isBroken && this.queuedBytes <= this.#maxQueuedBytes / 2) {
      this.#isFull = false;
      this.#events.onRoom();
    }
  }

  /** Why is only known at the end of the channel: until then those who wait go on waiting. */
  #break(error) {
    this.#isBroken = true;
    this.#events.onBroken(error);
  }

  close(error) {
    this.#failure = error;
    const order = this.#order;
    this.#order = null;
    order?.abandon(error);
    this.#lines = '';
    this.#queued = 0;
    this.#receipt?.reject(error);
    this.#receipt = null;
    for (const receipt of this.#waiting) receipt?.reject(error);
    this.#waiting = [];
  }
}

/** For a send() that has failed in the same turn as many others: none of them is to be an unhandled rejection, see Receipt. */
function rejected(error) {
  const promise = Promise.reject(error);
  promise.catch(ignore);
  return promise;
}

module.exports = { Outbox };
