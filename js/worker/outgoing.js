'use strict';
// What a worker says: answers, errors, progress, and what it emits.
//
// Each answer is out of this process before the next task begins, which may be the last: in the ring, where the pool finds it even when this
// process is gone. The pool is woken for many of them at once: see post() in native.d.ts.

const seldom = require('./seldom');

/** UTF-16 units from which on a string may be something else than JSON. */
const LONG_TEXT = 1024;
/** From which on a line goes another way. */
const LONG_LINE = 4096;
/** Bytes that may wait for the pool before nothing more can be said but answers. */
const MOST_QUEUED = 64 * 1024 * 1024;
/** What a peer takes that has not said otherwise, and bytes that a character may have. */
const MAX_FRAME = 256 * 1024 * 1024;
const LONGEST_CHARACTER = 3;

/** Of what move() of @x/procs/worker has made: see ./move. */
const MOVED = Symbol.for('@x/procs.moved');

/** Loaded with the first value that needs it. */
let encode;

class Outgoing {
  #wire;
  #writeSoon;
  /** Bytes that wait for the pool, as far as is known. */
  #queued = 0;
  /** Writes that the pool has not taken as a whole. */
  #waiting = 0;
  #maxFrame = MAX_FRAME;
  #short = MAX_FRAME / LONGEST_CHARACTER;
  /** Called when nothing waits for the pool any more. */
  onIdle = () => {};

  /** @param {object} wire see Wire in native.d.ts */
  constructor(wire) {
    this.#wire = wire;
    this.#writeSoon = wire.writer(true);
  }

  /** @param {unknown} bytes what the pool has said of the longest frame that it takes */
  set maxFrame(bytes) {
    if (!Number.isSafeInteger(bytes) || bytes < 0) return;
    this.#maxFrame = bytes;
    this.#short = bytes / LONGEST_CHARACTER;
  }

  /** Whether something waits for the pool. */
  get isBusy() {
    return this.#queued > 0;
  }

  onWritten(count) {
    this.#waiting -= count;
    // It may be that it is no byte that waits, but room in shared memory.
    this.#queued = this.#waiting === 0 ? 0 : Math.max(this.#wire.queuedBytes(), 1);
    if (this.#queued === 0) this.onIdle();
  }

  /**
   * @param {number} id of the task
   * @param {unknown} value
   * @returns {Promise<void> | undefined} it is not out before: bytes are read that are part of it
   * @throws it cannot be sent
   */
  answer(id, value) {
    switch (typeof value) {
      case 'number':
        if (value - value !== 0 || (value === 0 && 1 / value < 0)) break;
        this.#post(`R${id}:${value}\n`);
        return undefined;
      case 'string':
        if (value.length >= LONG_TEXT) break;
        this.#post(`R${id}:${JSON.stringify(value)}\n`);
        return undefined;
      case 'boolean':
        this.#post(`R${id}:${value}\n`);
        return undefined;
      case 'undefined':
        this.#post(`R${id}:\n`);
        return undefined;
      case 'object': {
        if (value === null) {
          this.#post(`R${id}:null\n`);
          return undefined;
        }
        const transfer = value[MOVED];
        if (transfer !== undefined) return this.#say(`R${id}`, value.value, transfer);
      }
    }
    return this.#say(`R${id}`, value, undefined);
  }

  /** @param {unknown} error whatever was thrown */
  fail(id, error) {
    this.#say(`E${id}`, seldom.frames.describe(error), undefined);
  }

  /** Of a task that was given up before it has begun. */
  refuse(id) {
    this.#post(`E${id}:${REFUSAL}\n`);
  }

  /** @returns {boolean} false: much waits for the pool already @throws it cannot be sent */
  progress(id, value) {
    return this.#tell(`J${id}`, value, '');
  }

  /** @returns {boolean} see progress() */
  emit(name, value) {
    const { LONGEST, encodeName } = seldom.names;
    const mark = typeof name === 'string' ? encodeName(name) : '';
    if (mark === '' || mark.length > LONGEST) {
      throw new seldom.errors.codes.ERR_INVALID_ARG_VALUE('name', name, `must be a string of 1 to ${LONGEST} characters`);
    }
    return this.#tell('M', value, mark);
  }

  #tell(head, value, topic) {
    if (this.#queued > MOST_QUEUED) {
      throw seldom.errors.genericNodeError(`${this.#queued} bytes wait for the pool to take them`, { code: 'ERR_PROCS_QUEUE_FULL' });
    }
    this.#say(head, value, undefined, topic);
    // Whoever is told of progress is to know of it while the task goes on.
    this.#wire.ring();
    return this.#queued === 0;
  }

  #say(head, value, transfer, topic = '') {
    encode ??= seldom.frames.encode;
    const encoded = encode(value, transfer);
    if (typeof encoded === 'string') {
      this.#post(`${head}${topic === '' ? '' : `=${topic}`}:${encoded}\n`);
      return undefined;
    }
    const parcel = new seldom.frames.Parcel(head, encoded, topic);
    if (parcel.pending === null) {
      this.#write(parcel);
      return undefined;
    }
    parcel.keep();
    return parcel.pending.then(() => this.#write(parcel));
  }

  #write(parcel) {
    if (parcel.isLine) {
      this.#post(parcel.line);
      return;
    }
    const { line, segments, handles, isInline } = parcel.pack(this.#wire);
    // What has a place in shared memory has to be told of.
    if (isInline) this.#checkLength(line, segments);
    this.#took(this.#wire.write(line, segments, handles), handles !== null);
  }

  #post(line) {
    if (line.length < LONG_LINE) {
      this.#took(this.#writeSoon(line), false);
      return;
    }
    this.#checkLength(line, null);
    this.#took(this.#wire.write('', [seldom.frames.bytesOf(line)], null), false);
  }

  /** @throws ERR_PROCS_IPC_TOO_LARGE: the pool would not take it, and this worker would be ended */
  #checkLength(line, segments) {
    let bytes = line.length > this.#short ? Buffer.byteLength(line) : line.length;
    if (segments !== null) for (const { byteLength } of segments) bytes += byteLength;
    if (bytes <= this.#maxFrame) return;
    throw seldom.errors.genericNodeError(`The value has ${bytes} bytes, and the pool takes ${this.#maxFrame} (maxFrame)`, {
      code: 'ERR_PROCS_IPC_TOO_LARGE',
    });
  }

  #took(status, hasHandles) {
    if (status === 0) return;
    if (status > 0) {
      this.#waiting++;
      this.#queued = status;
      return;
    }
    // Of the channel itself its end tells, which follows.
    if (hasHandles && !isGone(status)) throw new seldom.errors.ErrnoException(status, 'write');
  }

  /** The last word, at the end of the process. @param {unknown} error */
  sayGoodbye(error) {
    this.#took(this.#wire.write(`X:${plain(seldom.frames.describe(error))}\n`, null, null), false);
  }

  ring() {
    this.#wire.ring();
  }
}

/** What a goodbye can say: it has no marks. */
function plain({ name, message, stack, code }) {
  return JSON.stringify({ name, message, stack, code: typeof code === 'string' ? code : undefined });
}

const REFUSAL = JSON.stringify({ name: 'AbortError', message: 'The operation was aborted', code: 'ABORT_ERR' });

function isGone(status) {
  const { ECONNRESET, EPIPE } = require('node:os').constants.errno;
  return status === -EPIPE || status === -ECONNRESET;
}

module.exports = { Outgoing };
