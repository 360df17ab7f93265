'use strict';
// ByteRing: bytes from one process to another through memory that both see. One end writes, the other reads.

const { types } = require('util');
const { codes, genericNodeError } = require('../../errors');
const { validateAbortSignal, validateInteger, validateObject } = require('../../validate');
const { SharedMemory } = require('../shared-memory');
const { End } = require('./end');
const { CONSUMER, HEADER, LEAST, MOST, PRODUCER, capacityIn, capacityOf, format, sizeOf } = require('./layout');

/** What the reader is given at once, at most: Buffers that are large are slow to come by. */
const CHUNK = 256 * 1024;

class ByteRing {
  #memory;
  #capacity;
  #cells;
  #bytes;
  #gone = new AbortController();
  #stopWatching;
  #writer = null;
  #reader = null;
  /** Of the last write: they go one after the other. */
  #last = Promise.resolve();
  #ended = false;

  /**
   * A ring in memory that SharedMemory was received, or opened by its name.
   * @param {SharedMemory} memory
   * @param {{ channel?: object, signal?: AbortSignal }} [options] by what is noticed that the other end is gone: the channel to it is closed
   */
  constructor(memory, options = {}) {
    if (!(memory instanceof SharedMemory)) throw new codes.ERR_INVALID_ARG_TYPE('memory', 'SharedMemory', memory);
    validateObject(options, 'options');
    validateAbortSignal(options.signal, 'options.signal');
    if (options.channel !== undefined) validateChannel(options.channel);
    this.#memory = memory;
    this.#cells = new Int32Array(memory.buffer, 0, Math.min(HEADER, memory.byteLength) >> 2);
    this.#capacity = capacityIn(this.#cells, memory.byteLength);
    this.#bytes = new Uint8Array(memory.buffer, HEADER, this.#capacity);
    this.#stopWatching = this.#watch(options);
  }

  /**
   * @param {number} capacity bytes that may be on their way; rounded up to a power of two
   * @param {{ name?: string }} [options] of the memory, see SharedMemory; and as for the constructor
   */
  static create(capacity, options = {}) {
    validateInteger(capacity, 'capacity', 1, MOST);
    validateObject(options, 'options');
    const rounded = capacityOf(Math.max(capacity, LEAST));
    const memory = SharedMemory.create({ size: sizeOf(rounded), name: options.name });
    format(new Int32Array(memory.buffer, 0, HEADER >> 2), rounded);
    return new ByteRing(memory, options);
  }

  /** To be sent to the other end, which makes a ByteRing of it. */
  get memory() {
    return this.#memory;
  }

  get capacity() {
    return this.#capacity;
  }

  /**
   * Writes bytes; the promise is fulfilled when all of them are in the ring. They must not be changed until then. Calls need not wait for each other,
   * but who does not wait has no back-pressure.
   * @param {ArrayBufferView | ArrayBuffer} bytes
   */
  write(bytes) {
    const source = bytesOf(bytes);
    if (this.#ended) return Promise.reject(genericNodeError('The ByteRing was ended', { code: 'ERR_STREAM_WRITE_AFTER_END' }));
    const done = this.#last.then(() => this.#write(source));
    // Who waits for this one hears of it. What comes after it fails in its own right.
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Nothing more is written: the reader comes to its end behind what was. */
  end() {
    this.#ended = true;
    return this.#last.then(() => {
      if (!this.#memory.closed) this.#writing().finish();
    });
  }

  async #write(source) {
    const end = this.#writing();
    let from = 0;
    do {
      const news = end.otherNews;
      this.#checkWritable(end);
      const used = (end.position - end.otherPosition) >>> 0;
      this.#checkPositions(used);
      const count = Math.min(this.#capacity - used, source.length - from);
      if (count > 0) {
        this.#copyIn(source, from, count, end.position);
        from += count;
        end.advance(count);
      } else if (source.length > from) {
        await end.waitFor(news);
      }
    } while (from < source.length);
  }

  #checkWritable(end) {
    if (this.#memory.closed) throw closedError('it was closed');
    if (end.isOtherOver) throw closedError('the reader takes no more');
    if (end.loss !== null) throw end.loss;
  }

  #copyIn(source, from, count, position) {
    const at = position & (this.#capacity - 1);
    const first = Math.min(count, this.#capacity - at);
    this.#bytes.set(source.subarray(from, from + first), at);
    if (first < count) this.#bytes.set(source.subarray(from + first, from + count), 0);
  }

  /** What was written, in Buffers of its own, until the other end calls end(). Leaving the loop tells it that no more is taken. */
  async *[Symbol.asyncIterator]() {
    const end = this.#reading();
    try {
      for (;;) {
        const news = end.otherNews;
        // Both before the look at the position: what was written before them counts.
        const isLast = end.isOtherOver;
        const loss = end.loss;
        const chunk = this.#read(end);
        if (chunk !== null) {
          yield chunk;
          if (this.#memory.closed) throw closedError('it was closed');
        } else if (isLast) {
          return;
        } else if (loss !== null) {
          throw loss;
        } else {
          await end.waitFor(news);
        }
      }
    } finally {
      if (!this.#memory.closed) end.finish();
    }
  }

  #read(end) {
    const { position } = end;
    const there = (end.otherPosition - position) >>> 0;
    this.#checkPositions(there);
    if (there === 0) return null;
    const at = position & (this.#capacity - 1);
    const count = Math.min(there, CHUNK, this.#capacity - at);
    const chunk = Buffer.allocUnsafeSlow(count);
    chunk.set(this.#bytes.subarray(at, at + count));
    end.advance(count);
    return chunk;
  }

  /** The other end writes its own position, and may write whatever it likes. */
  #checkPositions(used) {
    if (used > this.#capacity)
      throw genericNodeError('The other end of the ByteRing does not keep to its positions', { code: 'ERR_PROCS_IPC_PROTOCOL' });
  }

  /** Gives the memory up in this process. Whatever waits fails. The other end is not told: see end(). Idempotent. */
  close() {
    this.#stopWatching();
    this.#memory.close();
  }

  #writing() {
    if (this.#memory.closed) throw closedError('it was closed');
    return (this.#writer ??= new End(this.#memory, this.#cells, PRODUCER, CONSUMER, this.#gone.signal));
  }

  #reading() {
    if (this.#memory.closed) throw closedError('it was closed');
    return (this.#reader ??= new End(this.#memory, this.#cells, CONSUMER, PRODUCER, this.#gone.signal));
  }

  #watch({ channel, signal }) {
    const onClose = (cause) => this.#gone.abort(closedError('the other end is gone', { cause: cause ?? undefined }));
    const onAbort = () => this.#gone.abort(signal.reason);
    channel?.once('close', onClose);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    return () => {
      channel?.removeListener('close', onClose);
      signal?.removeEventListener('abort', onAbort);
    };
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `ByteRing { ${this.#memory.closed ? 'closed' : `${this.#capacity} bytes`} }`;
  }
}

function validateChannel(channel) {
  if (typeof channel?.once !== 'function' || typeof channel.removeListener !== 'function')
    throw new codes.ERR_INVALID_ARG_TYPE('options.channel', ['Channel', 'ChildProcess'], channel);
}

function bytesOf(value) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (types.isArrayBuffer(value)) return new Uint8Array(value);
  throw new codes.ERR_INVALID_ARG_TYPE('bytes', ['Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], value);
}

function closedError(why, properties) {
  return genericNodeError(`The ByteRing is closed: ${why}`, { code: 'ERR_PROCS_IPC_CLOSED', ...properties });
}

module.exports = { ByteRing };
