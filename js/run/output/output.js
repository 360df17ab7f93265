'use strict';
// One output of the child, from its start to its end.
//
// Nothing of it reaches JavaScript as long as it is only to be kept for the result: then the addon reads it. The first who wants more
// (the stream itself, its lines, a target) gets it as a stream, from its first byte, and from then on it is kept here.

const { Readable } = require('stream');
const errors = require('../../errors');
const { reactor, register, unregister } = require('../../reactor');
const { closeHeld, hold, release } = require('../../held');
const { Kept } = require('./kept');
const { openOutput } = require('./socket');
const { BUFFER, UTF8, formOf, valueOfBytes, valueOfText } = require('./value');

/** What finish() and the Collected event say. */
const FINISH_OVER = 1;
const FINISH_CUT = 2;
const FINISH_DECODING = 3;
const COLLECTED_CUT = 1;

const NOTHING = Buffer.alloc(0);

class Output {
  #run;
  /** Our end while nobody reads it, else -1. */
  #idle;
  /** In the reactor, while the addon collects. */
  #id = 0;
  #open;
  #socket = null;
  /** Whether the socket belongs to the user. */
  #isTouched = false;
  #limit;
  #kept = null;
  #isCut = false;
  /** All of it is here, and becomes a string on a thread. */
  #isDecoding = false;
  #taps = [];
  #blocking = new Set();
  #value;
  /** Why there is no value: more than a string can hold. */
  #failure = null;
  isOver = false;

  /**
   * @param {number} fd the child's number for it
   * @param {number} ours our end, or -1 when there is none
   * @param {typeof openOutput} [open] makes it a stream
   */
  constructor(run, fd, ours, keeps, open = openOutput) {
    this.#run = run;
    this.#open = open;
    this.fd = fd;
    this.#idle = hold(ours);
    this.keeps = keeps;
    this.#limit = keeps ? run.settings.maxBuffer(fd) : 0;
    if (ours < 0) this.isOver = true;
  }

  // Who reads.

  /** @param {Output | null} partner whose bytes are kept in one order with these */
  collect(partner) {
    if (this.isOver) return;
    if (this.#open !== openOutput) {
      this.read();
      return;
    }
    const isText = formOf(this.#run.settings, this.fd).form === UTF8;
    const id = reactor().collect(release(this.#idle), this.#limit, partner === null ? 0 : partner.#id, isText);
    this.#idle = -1;
    if (id < 0) {
      this.#over(new errors.ErrnoException(id, 'read'));
      return;
    }
    this.#id = id;
    register(id, this);
  }

  /** Called by the reactor. */
  onCollected(status) {
    this.#run.inContext(this.#collected, this, status);
  }

  #collected(status) {
    if (status === COLLECTED_CUT) this.#cut();
    this.#over(status < 0 ? new errors.ErrnoException(status, 'read') : null);
  }

  #cut() {
    this.#isCut = true;
    this.#run.overflow(this.fd);
  }

  /** Makes it JavaScript's. */
  read() {
    if (this.#socket !== null) return;
    if (this.#id !== 0) {
      const { all } = this.#run;
      if (all?.isOrdered(this)) {
        all.leaveAddon(); // which reads both
        return;
      }
      this.leaveAddon();
    }
    if (this.#kept === null && this.keeps) this.#kept = new Kept(this.#limit);
    if (this.isOver) return;
    const socket = this.#open(release(this.#idle), this);
    this.#idle = -1;
    this.#socket = socket;
    socket.on('error', (error) => this.#over(error));
    socket.on('close', () => this.#over(null));
  }

  get isNative() {
    return this.#id !== 0;
  }

  get nativeId() {
    return this.#id;
  }

  leaveAddon() {
    this.#run.hold(); // its end may be the run's, which would take what is still there
    this.stopAddon();
    this.fetch();
    this.#run.release();
  }

  /** The addon reads no more of it, and has what it has read. */
  stopAddon() {
    const fd = reactor().takeOver(this.#id);
    if (fd < 0) this.finish();
    else this.#idle = hold(fd);
  }

  /** Then: what that is becomes JavaScript's. */
  fetch() {
    const id = this.#id;
    this.#kept = new Kept(this.#limit);
    this.#kept.take(reactor().collected(id, BUFFER, false));
    unregister(id);
    this.#id = 0;
    if (this.#idle < 0) this.#over(null);
  }

  // The valve of the socket.

  get isDraining() {
    return this.#run.isDraining;
  }

  get isShut() {
    return this.#blocking.size > 0;
  }

  take(chunk, encoding) {
    this.#keep(chunk);
    const taps = this.#taps;
    for (let i = 0; i < taps.length; i++) {
      if (!taps[i].take(chunk, this)) this.#blocking.add(taps[i]);
    }
    // A stream nobody has asked for stays as if it had just been made.
    const goesOn = this.#isTouched ? this.#socket.pushOn(chunk, encoding) : true;
    return goesOn && this.#blocking.size === 0;
  }

  #keep(chunk) {
    if (this.#kept === null || this.#isCut) return;
    const part = this.#kept.take(chunk);
    if (this.fd <= 2 && this.#run.all !== null) this.#run.all.keep(part);
    if (this.#kept.isCut) this.#cut();
  }

  /** At the last byte, also when the socket's owner has not got that far. */
  ended() {
    this.#over(null);
  }

  // Who else wants it.

  /** @param {{ take(chunk: Buffer, from: Output): boolean, end(from: Output, error: Error | null): void }} tap take(): whether it wants more */
  attach(tap) {
    this.read();
    this.#taps = [...this.#taps, tap];
    const before = this.#before();
    if (before !== null && !tap.take(before, this)) this.#blocking.add(tap);
    if (this.isOver) tap.end(this, null);
  }

  detach(tap) {
    this.#taps = this.#taps.filter((one) => one !== tap);
    this.release(tap);
  }

  /** It wants more again. */
  release(tap) {
    if (this.#blocking.delete(tap) && this.#blocking.size === 0 && this.#socket !== null) this.#socket.reopen();
  }

  get isRead() {
    return this.#isTouched || this.#taps.length > 0;
  }

  /** Whether it comes to its end whatever others do. */
  get isReadByItself() {
    return this.isOver || (this.keeps && !this.#isTouched);
  }

  /** From the first byte, for as long as everything is kept. */
  #before() {
    if (this.#kept === null || this.#isCut) return null;
    const bytes = this.#kept.bytes();
    return bytes.length > 0 ? bytes : null;
  }

  /** As `subprocess.stdout`. */
  stream() {
    if (this.#isTouched) return this.#socket;
    this.read();
    this.#isTouched = true;
    const before = this.#before();
    if (this.#socket === null) this.#socket = finished(before);
    else if (before !== null && !this.isOver) this.#socket.pushOn(before);
    if (this.#run.isAwaited) this.#run.flushSoon();
    return this.#socket;
  }

  // Its end.

  /** What the kernel has now. Called at the child's exit. */
  finish() {
    this.#socket?.childHasEnded?.();
    if (this.#id === 0 || this.isOver) return;
    const status = reactor().finish(this.#id);
    if (status === FINISH_CUT) this.#cut();
    if (status === FINISH_OVER || status === FINISH_CUT) this.#over(null);
    else if (status === FINISH_DECODING) this.#isDecoding = true;
    else if (status < 0) this.#over(new errors.ErrnoException(status, 'read'));
  }

  /** Lets go what nobody reads, so that the child does not wait for a reader who will not come. */
  flush() {
    if (this.#idle >= 0 && !this.keeps) this.read();
    else if (this.#isTouched && this.#socket.readableFlowing === null) this.#socket.resume();
  }

  /** At the child's exit, which nothing of what is unread can outlive. */
  drop() {
    if (this.#idle < 0 || this.isOver) return;
    closeHeld(this.#idle);
    this.#idle = -1;
    this.#over(null);
  }

  /** Bytes that came so far; NaN, which is never the same as before, while it is on our side that something is missing. */
  get progress() {
    if (this.#isDecoding) return Number.NaN;
    if (this.#id !== 0) return reactor().collectedBytes(this.#id);
    if (this.#socket === null) return 0;
    return this.isShut || this.#isHeldByOwner() ? Number.NaN : this.#socket.bytesRead;
  }

  #isHeldByOwner() {
    return this.#isTouched && this.#socket.readableLength > 0;
  }

  /** Something else holds it open, and goes on without us. */
  giveUp() {
    if (this.#socket !== null) this.#socket.destroy();
    this.#over(null);
  }

  /** Takes our end away, for another program to read. */
  giveAway() {
    if (this.isOver || this.#socket !== null) return null;
    let head = null;
    if (this.#id !== 0) {
      this.leaveAddon();
      if (this.#idle < 0) return null; // it has come to its end, and what came is here: see stream()
      head = this.#kept.bytes();
    }
    const fd = release(this.#idle);
    this.#idle = -1;
    this.keeps = false;
    this.#kept = null;
    this.#over(null);
    return { fd, head: head === null || head.length === 0 ? null : head };
  }

  #over(error) {
    if (this.isOver) return;
    this.isOver = true;
    const taps = this.#taps;
    for (let i = 0; i < taps.length; i++) taps[i].end(this, error);
    if (error !== null) this.#run.fail(error);
    this.#run.outputOver(this);
  }

  /** Our end, or -1. */
  get descriptor() {
    return this.#socket?._handle?.fd ?? this.#idle;
  }

  ref() {
    if (this.#id !== 0) reactor().ref(this.#id);
  }

  unref() {
    if (this.#id !== 0) reactor().unref(this.#id);
  }

  /** The run is over: what the addon has becomes JavaScript's. */
  close() {
    if (this.#id === 0) return;
    const id = this.#id;
    this.#id = 0;
    unregister(id);
    const form = formOf(this.#run.settings, this.fd);
    try {
      this.#value = collectedValue((native, strip) => reactor().collected(id, native, strip), form, this.#isCut);
    } catch (error) {
      reactor().close(id);
      this.#failure = error;
    }
  }

  /** For the result, once. */
  value() {
    if (!this.keeps) return undefined;
    if (this.#failure !== null) throw this.#failure;
    if (this.#value !== undefined) return this.#value;
    const bytes = this.#kept === null ? NOTHING : this.#kept.bytes();
    this.#kept = null;
    return valueOfBytes(bytes, formOf(this.#run.settings, this.fd), this.#isCut);
  }
}

/** By the addon in the form that is wanted where it has it. */
function collectedValue(collected, form, isCut) {
  const isForm = form.form !== BUFFER || form.encoding === 'buffer';
  if (isCut || !isForm) return valueOfBytes(collected(BUFFER, false), form, isCut);
  return form.lines ? valueOfText(collected(form.form, false), form) : collected(form.form, form.strip);
}

/** Of an output that has ended: what was kept of it, to its end. */
function finished(bytes) {
  const stream = new Readable({ __proto__: null, read() {} });
  if (bytes !== null) stream.push(bytes);
  stream.push(null);
  return stream;
}

module.exports = { Output, collectedValue };
