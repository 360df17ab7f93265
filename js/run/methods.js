'use strict';
// What a Subprocess can do: it is a ChildProcess with a promise, and with streams that are opened when somebody asks for them.

const errors = require('../errors');
const end = require('./end');
const { ChildProcess } = require('./inside');
const { nameOfEnd } = require('./name-of-end');
const { STATE } = require('./state');
const { Subprocess } = require('./subprocess');

/** The class itself has been there since somebody named it. */
class Methods extends ChildProcess {
  /** @internal */
  listenToHandle() {
    this._handle.onexit = (exitCode, _name, signal) => this[STATE].exited(exitCode, nameOfEnd(signal));
  }

  // Its streams, as Node has them.

  get stdin() {
    return streamOf(this[STATE], 0);
  }

  get stdout() {
    return streamOf(this[STATE], 1);
  }

  get stderr() {
    return streamOf(this[STATE], 2);
  }

  get stdio() {
    const run = this[STATE];
    const streams = run.settings.stdio.map((_, fd) => streamOf(run, fd));
    if (run.settings.ipc) streams.push(null);
    return streams;
  }

  /** stdout and stderr as they come, with options.all. */
  get all() {
    const { all } = this[STATE];
    return all === null ? undefined : all.stream();
  }

  /** Of its terminal, with options.pty. */
  resize(cols, rows) {
    const { settings, outputs } = this[STATE];
    if (settings.pty === null) throw errors.genericNodeError('The child has no terminal', { __proto__: null, code: 'ERR_PROCS_NO_PTY' });
    require('./pty').resizePty(outputs[1]?.descriptor ?? -1, cols, rows);
  }

  // Its end.

  // biome-ignore lint/suspicious/noThenProperty: a promise is what it is
  then(onResolved, onRejected) {
    return this[STATE].follow(onResolved, onRejected);
  }

  catch(onRejected) {
    return this[STATE].follow(undefined, onRejected);
  }

  finally(onSettled) {
    return this[STATE].follow().finally(onSettled);
  }

  /** What fails is told by the promise. Whoever listens hears of it too; nobody has to. */
  emit(name, ...args) {
    if (name === 'error' && this.listenerCount('error') === 0) return false;
    return super.emit(name, ...args);
  }

  // Its lines and other forms of its streams: see convert/.

  [Symbol.asyncIterator]() {
    return this.iterable()[Symbol.asyncIterator]();
  }

  iterable(options) {
    return convert().iterable(this[STATE], options);
  }

  readable(options) {
    return convert().readable(this[STATE], options);
  }

  writable(options) {
    return convert().writable(this[STATE], options);
  }

  duplex(options) {
    return convert().duplex(this[STATE], options);
  }

  readableStream(options) {
    return convert().readableStream(this[STATE], options);
  }

  writableStream(options) {
    return convert().writableStream(this[STATE], options);
  }

  transformStream(options) {
    return convert().transformStream(this[STATE], options);
  }

  pipe(...args) {
    return require('./pipeline').methods.pipe.apply(this, args);
  }

  ref() {
    super.ref();
    for (const output of this[STATE].outputs) output?.ref();
  }

  /** What is collected from it without being asked for does not keep this process alive either. */
  unref() {
    super.unref();
    for (const output of this[STATE].outputs) output?.unref();
  }
}

const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(Methods.prototype);
Object.defineProperties(Subprocess.prototype, methods);
Object.defineProperties(Subprocess.prototype, Object.getOwnPropertyDescriptors(end.methods));

function streamOf({ outputs, inputs, settings }, fd) {
  // A terminal is both.
  if (settings.pty !== null) return fd > 1 ? null : (outputs[1]?.stream() ?? null);
  return (outputs[fd] ?? inputs[fd])?.stream() ?? null;
}

function convert() {
  return require('./convert');
}

module.exports = { Subprocess };
