'use strict';
// A child's stdin, stdout and stderr: streams that are made when somebody asks for them. Most children are started for their exit alone, or
// for that and stdout, and a net.Socket that nobody looks at takes longer to make and to close than all the rest of the start.
//
// Nobody can tell, for what holds of streams that are there is kept: they belong to the async context of the start, they keep an unref'd child's
// process alive, and 'close' waits until what is inherited of them is closed, by whomever.

const { closeHeld, release } = require('../held');
const { native } = require('../native');
const { maybeClose } = require('./close');
const { flush, giveAway, openStream, overStream } = require('./streams');

const STDIO = Symbol('stdio');
const NAMES = ['stdin', 'stdout', 'stderr'];

class ChildStdio {
  #child;
  /** Our ends as long as they are no streams, else -1. */
  #idle;
  /** Streams that were made, null where there is none to make. */
  #streams;
  /** The same as an array for `child.stdio`, once somebody has asked for it. */
  #array;

  /**
   * @param {object[]} entries as planStdio() made them
   * @param {Int32Array} ends our ends, taken over: in a Worker they are held
   */
  constructor(child, entries, ends) {
    this.#child = child;
    this.#idle = new Array(entries.length).fill(-1);
    this.#streams = new Array(entries.length).fill(null);
    for (let fd = 0; fd < entries.length; fd++) {
      const entry = entries[fd];
      if (entry.ipc) {
        child._closesNeeded++;
      } else if (entry.type === 'pipe' || entry.type === 'overlapped') {
        this.#idle[fd] = ends[fd];
        this.#streams[fd] = undefined;
        if (fd > 0) child._closesNeeded++;
      } else if (entry.type === 'wrap') {
        giveAway(entry._stdio, entry.handle);
      }
    }
  }

  stream(fd) {
    const stream = this.#streams[fd];
    if (stream !== undefined) return stream;
    if (this.#idle[fd] >= 0) return this.#open(fd);
    return (this.#streams[fd] = overStream(fd > 0));
  }

  array() {
    return (this.#array ??= this.#streams.map((_, fd) => this.stream(fd)));
  }

  /** Somebody puts another in its place. Ours is closed at its time all the same. */
  replace(fd, stream) {
    if (this.#streams[fd] === undefined && this.#idle[fd] >= 0) this.#open(fd);
    this.#streams[fd] = stream;
  }

  replaceArray(array) {
    this.array();
    this.#array = array;
  }

  /** Of those that are read. */
  openOutputs() {
    for (let fd = 1; fd < this.#idle.length; fd++) if (this.#idle[fd] >= 0) this.#open(fd);
  }

  /** Whether something waits to be written to its stdin. */
  isWriting() {
    return this.#idle[0] < 0 && this.#streams[0]?.writableLength > 0;
  }

  /** Before anybody is told, who may throw. */
  childHasEnded() {
    // Nobody reads what would be written to it.
    if (this.#idle[0] >= 0) this.#close(0);
    else this.#streams[0]?.destroy();
    // Where there are streams to be read, 'close' is a turn of the loop after 'exit', and people await one after the other.
    if (this.#idle.some(isOpen)) setImmediate(closeOutputs, this);
  }

  /** Reads what nobody has read. */
  flush() {
    flush(this.#array ?? this.#streams);
  }

  /** Those that nobody has asked for until now. */
  closeOutputs() {
    for (let fd = 1; fd < this.#idle.length; fd++) {
      if (this.#idle[fd] < 0) continue;
      if (native().hasHungUp(this.#idle[fd])) {
        this.#close(fd);
        maybeClose(this.#child);
      } else {
        this.#open(fd).resume(); // a grandchild has it
      }
    }
  }

  #open(fd) {
    const end = release(this.#idle[fd]);
    this.#idle[fd] = -1;
    // null after the exit, when the context is the right one anyway: whoever asks then asks in it, or for what is over.
    const { _handle: scope } = this.#child;
    const stream = scope === null ? openStream(end, fd > 0) : scope.runInAsyncScope(openStream, null, end, fd > 0);
    this.#streams[fd] = stream;
    if (fd > 0) stream.on('close', () => maybeClose(this.#child));
    return stream;
  }

  #close(fd) {
    closeHeld(this.#idle[fd]);
    this.#idle[fd] = -1;
  }
}

const isOpen = (fd) => fd >= 0;

function closeOutputs(stdio) {
  stdio.closeOutputs();
}

/** Own ones, and enumerable, as Node's are. */
const properties = { __proto__: null };
NAMES.forEach((name, fd) => {
  properties[name] = {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      return this[STDIO].stream(fd);
    },
    set(stream) {
      this[STDIO].replace(fd, stream);
    },
  };
});
properties.stdio = {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() {
    return this[STDIO].array();
  },
  set(array) {
    this[STDIO].replaceArray(array);
  },
};

/** Gives `child` its stdin, stdout, stderr and stdio. */
function attachStdio(child, entries, ends) {
  Object.defineProperty(child, STDIO, { __proto__: null, configurable: true, value: new ChildStdio(child, entries, ends) });
  Object.defineProperties(child, properties);
}

/** @returns {ChildStdio | undefined} undefined for a child that was not started here */
function stdioOf(child) {
  return child[STDIO];
}

module.exports = { attachStdio, stdioOf };
