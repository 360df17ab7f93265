'use strict';
// From values to frames on their way: checked, encoded, with what goes beside the JSON, in the order of the calls.

const { isAllocated } = require('../slab');
const { encode } = require('../values');
const { queueFull, tooLarge } = require('./errors');
const { Parcel } = require('./parcel');

/** What a peer takes that has not said otherwise, and bytes that a character may have. */
const MAX_FRAME = 256 * 1024 * 1024;
const LONGEST_CHARACTER = 3;
const NO_OPTIONS = Object.freeze({ transfer: undefined, handle: undefined });

class Transmitter {
  #channel;
  #wire;
  #outbox;
  #options;
  /** What every send() of this turn gets that comes when it is full. */
  #refusal = null;
  /** Of the peer: it would hang up on a longer one. */
  #maxFrame = MAX_FRAME;
  /** Characters that are no longer than that, whichever they are. */
  #short = MAX_FRAME / LONGEST_CHARACTER;

  constructor(channel, wire, outbox, options) {
    this.#channel = channel;
    this.#wire = wire;
    this.#outbox = outbox;
    this.#options = options;
  }

  set options(options) {
    this.#options = options;
  }

  /** @param {unknown} bytes what the peer has said of it */
  set maxFrame(bytes) {
    this.#maxFrame = Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : MAX_FRAME;
    this.#short = this.#maxFrame / LONGEST_CHARACTER;
  }

  /** @throws ERR_PROCS_IPC_TOO_LARGE: the peer would not take it, and everything else that is open would fail with it */
  #checkLength(line, segments = null) {
    let bytes = line.length > this.#short ? Buffer.byteLength(line) : line.length;
    if (segments !== null) for (const { byteLength } of segments) bytes += byteLength;
    if (bytes > this.#maxFrame) throw tooLarge(bytes, this.#maxFrame);
  }

  /** A promise that is rejected, where there is no room and the caller wants to hear of that; else null. */
  refusal() {
    const { overflow, maxQueuedBytes } = this.#options;
    if (overflow === 'wait' || !this.#outbox.isFull) return null;
    if (this.#refusal === null) {
      this.#refusal = Promise.reject(queueFull(this.#outbox.queuedBytes, maxQueuedBytes));
      process.nextTick(() => {
        this.#refusal = null;
      });
    }
    return this.#refusal;
  }

  /** A message without a check, a handle or options. @returns {Promise<void>} when it is with the kernel */
  message(value) {
    const encoded = encode(value);
    if (typeof encoded === 'string' && !this.#outbox.isHeld) {
      const line = `${encoded}\n`;
      if (line.length > this.#short) this.#checkLength(line);
      this.#outbox.post(line);
      return this.#outbox.receipt;
    }
    return this.#post(new Parcel('M', encoded)) ?? this.#outbox.receipt;
  }

  /** The same for other kinds. @returns {Promise<void> | undefined} undefined: it is on its way; a promise: when it is, or why it is not */
  plain(head, value) {
    const encoded = encode(value);
    if (typeof encoded !== 'string') return this.#post(new Parcel(head, encoded));
    const line = `${head}:${encoded}\n`;
    if (line.length > this.#short) this.#checkLength(line);
    this.#outbox.post(line);
    return undefined;
  }

  answer(head, value) {
    const encoded = encode(value);
    if (typeof encoded !== 'string') return this.#post(new Parcel(head, encoded));
    const line = `${head}:${encoded}\n`;
    if (line.length > this.#short) this.#checkLength(line);
    this.#outbox.postAnswer(line);
    return undefined;
  }

  /**
   * @param {string} head kind and id
   * @param {{ transfer?: object[], handle?: unknown }} options
   * @param {import('./validate').Check | null} check
   * @param {(sent: Function) => void} [onHandle] gets what is to be told when the handle has arrived
   * @returns {Promise<void> | undefined} see plain()
   * @throws what is wrong with it, before anything is sent
   */
  transmit(head, value, options = NO_OPTIONS, check = null, onHandle = undefined) {
    const checked = check === null ? value : check(value);
    if (check === null || typeof checked?.then !== 'function') return this.#post(this.#prepare(head, checked, options, onHandle));
    let parcel;
    const ready = checked.then((settled) => {
      parcel = this.#prepare(head, settled, options, onHandle);
      return parcel.pending;
    });
    return this.#later(ready, () => this.#write(parcel));
  }

  /** A frame without a value. */
  bare(head) {
    this.#outbox.post(`${head}:\n`);
  }

  #prepare(head, value, options, onHandle) {
    const { transfer, handle } = options;
    // What alloc() made is given away by being sent; V8 is not to be asked for it.
    const transferred = transfer?.filter(isAllocated) ?? [];
    const parcel = new Parcel(head, encode(value, transferred.length === 0 ? transfer : transfer.filter((one) => !isAllocated(one))));
    parcel.transferred = transferred;
    parcel.addHandle(handle, options, this.#channel);
    if (parcel.sent !== null) onHandle?.(parcel.sent);
    return parcel;
  }

  #post(parcel) {
    if (parcel.pending === null && !this.#outbox.isHeld) {
      this.#write(parcel);
      return undefined;
    }
    parcel.keep();
    return this.#later(parcel.pending, () => this.#write(parcel));
  }

  /** In its turn. */
  #later(ready, write) {
    return new Promise((resolve, reject) => {
      this.#outbox.defer(ready, (error) => {
        try {
          if (error !== undefined) throw error;
          write();
          resolve(this.#outbox.receipt);
        } catch (thrown) {
          reject(thrown);
        }
      });
    });
  }

  #write(parcel) {
    const outbox = this.#outbox;
    if (parcel.isLine) {
      const { line } = parcel;
      if (line.length > this.#short) this.#checkLength(line);
      outbox.postNow(line);
    } else if (!outbox.isBroken) {
      const { line, segments, handles, isInline } = parcel.pack(this.#wire);
      // What has a place in shared memory has to be told of.
      if (isInline) this.#checkLength(line, segments);
      outbox.postParts(line, segments, handles);
    }
    parcel.letGo();
  }
}

module.exports = { Transmitter };
