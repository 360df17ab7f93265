'use strict';
// SharedMemory: what can be done with it. Waiting for a cell of it is in wait.js.

const { native } = require('../../native');
const { ErrnoException, codes, genericNodeError } = require('../../errors');
const { validateInteger, validateString } = require('../../validate');
const { wait } = require('./wait');

const CELL = 4;
const INT32 = 2 ** 31;
const LONGEST_NAME = 200;
/** What a constructor call of users' does not have. */
const OWN = Symbol('own');

class SharedMemory {
  #native;
  #name;
  #buffer;
  #cells;
  /** What ends the waits that are going on. */
  #waits = new Set();
  #closed = false;

  constructor(own, memory, name) {
    if (own !== OWN) throw genericNodeError('Use SharedMemory.create() or SharedMemory.open()', { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
    this.#native = memory;
    this.#name = name;
    this.#buffer = memory.buffer();
    this.#cells = new Int32Array(this.#buffer, 0, Math.floor(memory.size / CELL));
  }

  /**
   * New memory, all zeros.
   * @param {number | { size: number, name?: string }} options bytes; with a name, any process of the same user can open it
   */
  static create(options) {
    const { size, name } = typeof options === 'object' && options !== null ? options : { size: options };
    validateInteger(size, typeof options === 'object' ? 'options.size' : 'size', 1, Number.MAX_SAFE_INTEGER);
    if (name !== undefined) validateName(name, 'options.name');
    const memory = made(native().createMemory(size, name ?? null), name === undefined ? 'memfd_create' : 'shm_open', name);
    return new SharedMemory(OWN, memory, name);
  }

  /** Memory that somebody has created with this name. */
  static open(name) {
    validateName(name, 'name');
    return new SharedMemory(OWN, made(native().openMemory(name), 'shm_open', name), name);
  }

  /** The memory itself. Atomics work on it as on a SharedArrayBuffer, except for their wait() and notify(): use those of this class. */
  get buffer() {
    this.#checkOpen();
    return this.#buffer;
  }

  /** Bytes; 0 when it is closed. */
  get byteLength() {
    return this.#buffer.byteLength;
  }

  get name() {
    return this.#name;
  }

  get closed() {
    return this.#closed;
  }

  /**
   * Waits until the int32 at `index` (as in an Int32Array over `buffer`) is notified, by whatever process, unless it does not hold `expected`.
   * @returns {Promise<'ok' | 'not-equal' | 'timed-out'>}
   */
  async wait(index, expected, options) {
    this.#checkCell(index);
    validateInteger(expected, 'expected', -INT32, INT32 - 1);
    return wait(this.#native, this.#cells, index, expected, options, this.#waits);
  }

  /** Wakes up to `count` of those that wait, those that have waited longest first, and says how many there were. */
  notify(index, count = Number.POSITIVE_INFINITY) {
    this.#checkCell(index);
    if (count !== Number.POSITIVE_INFINITY) validateInteger(count, 'count', 0, Number.MAX_SAFE_INTEGER);
    const woken = count === 0 ? 0 : this.#native.notify(index, Math.min(count, INT32 - 1));
    if (woken < 0) throw new ErrnoException(woken, 'futex');
    return woken;
  }

  /** Takes the name away. Those that have it open keep the memory, and nobody else can open it any more. */
  unlink() {
    this.#checkOpen();
    if (this.#name === undefined) throw new codes.ERR_INVALID_ARG_VALUE('name', undefined, 'must be there to be taken away');
    const status = this.#native.unlink();
    if (status < 0) throw new ErrnoException(status, 'shm_unlink', this.#name);
  }

  /** Gives it up in this process: `buffer` is detached, and what waits for a cell is told. Others keep it. Idempotent. */
  close() {
    if (this.closed) return;
    this.#closed = true;
    for (const end of this.#waits) end();
    this.#native.close(this.#buffer);
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    const shown = this.closed ? 'closed' : `${this.byteLength} bytes`;
    return `SharedMemory {${this.#name === undefined ? '' : ` ${this.#name},`} ${shown} }`;
  }

  /** By which a channel sends it. */
  get [Symbol.for('@x/procs.descriptor')]() {
    if (this.closed) throw new DOMException('A SharedMemory that is closed could not be cloned.', 'DataCloneError');
    // The receiver could not be sure that it stays as long as it is: a file with a name cannot be sealed.
    if (this.#name !== undefined)
      throw new DOMException('A SharedMemory with a name could not be cloned. Send the name.', 'DataCloneError');
    return this.#native.fd;
  }

  #checkOpen() {
    if (this.closed) throw closedError();
  }

  #checkCell(index) {
    this.#checkOpen();
    validateInteger(index, 'index', 0, this.#cells.length - 1);
  }
}

// Users' `using` where the runtime has it.
if (Symbol.dispose) {
  Object.defineProperty(SharedMemory.prototype, Symbol.dispose, {
    __proto__: null,
    value() {
      this.close();
    },
    writable: true,
    configurable: true,
  });
}

/** What has come through a channel. The fd is taken over; it is refused unless nobody can shorten it. */
function adopt(fd) {
  return new SharedMemory(OWN, made(native().adoptMemory(fd), 'mmap'), undefined);
}

function made(memory, call, name) {
  if (typeof memory === 'number') throw new ErrnoException(memory, call, name);
  return memory;
}

function closedError() {
  return genericNodeError('The shared memory is closed', { code: 'ERR_PROCS_IPC_CLOSED' });
}

/** As shm_open(3) has names, without the slash that it puts first. */
function validateName(name, what) {
  validateString(name, what);
  if (name === '' || name === '.' || name === '..' || Buffer.byteLength(name) > LONGEST_NAME || /[/\0]/.test(name))
    throw new codes.ERR_INVALID_ARG_VALUE(what, name, `must be 1 to ${LONGEST_NAME} bytes without "/" and NUL`);
}

module.exports = { SharedMemory, adopt };
