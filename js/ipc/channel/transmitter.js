'use strict';
// From values to frames on their way: checked, encoded, with what goes beside the JSON, in the order of the calls.

const { encode } = require('../values');
const { queueFull } = require('./errors');
const { Parcel } = require('./parcel');

const NO_OPTIONS = Object.freeze({ __proto__: null, transfer: undefined, handle: undefined });

class Transmitter {
  #channel;
  #wire;
  #outbox;
  #options;
  /** What every send() of this turn gets that comes when it is full. */
  #refusal = null;

  constructor(channel, wire, outbox, options) {
    this.#channel = channel;
    this.#wire = wire;
    this.#outbox = outbox;
    this.#options = options;
  }

  set options(options) {
    this.#options = options;
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
      this.#outbox.post(`${encoded}\n`);
      return this.#outbox.receipt;
    }
    return this.#post(new Parcel('M', encoded)) ?? this.#outbox.receipt;
  }

  /** The same for other kinds. @returns {Promise<void> | undefined} undefined: it is on its way; a promise: when it is, or why it is not */
  plain(head, value) {
    const encoded = encode(value);
    if (typeof encoded !== 'string') return this.#post(new Parcel(head, encoded));
    this.#outbox.post(`${head}:${encoded}\n`);
    return undefined;
  }

  answer(head, value) {
    const encoded = encode(value);
    if (typeof encoded !== 'string') return this.#post(new Parcel(head, encoded));
    this.#outbox.postAnswer(`${head}:${encoded}\n`);
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
    const parcel = new Parcel(head, encode(value, transfer));
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
      outbox.postNow(parcel.line);
    } else if (!outbox.isBroken) {
      const { line, segments, handles } = parcel.pack(this.#wire);
      outbox.postParts(line, segments, handles);
    }
  }
}

module.exports = { Transmitter };
