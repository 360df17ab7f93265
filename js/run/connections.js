'use strict';
// From settings.stdio to what the child gets as its fds, and what is to be done with our ends of its pipes.

const { closeSync, openSync, statSync } = require('fs');
const { native } = require('../native');
const { IGNORE, PIPE, isHandle } = require('./inside');
const { openPty } = require('./pty');

const NONE = Object.freeze([]);

class Connections {
  /** For the addon, see Stdio in native.d.ts. */
  fds = [];
  /** fds that were opened for the child: it has copies of them once it is started. */
  #opened = [];
  #files = new Map();
  /** Our end of the child's terminal, or -1. */
  terminal = -1;
  /** The child's end of it, or -1. */
  #childTerminal = -1;
  /** Streams the child uses from now on, and their handles. */
  #given = [];

  /** @throws what the system says about a file */
  constructor({ stdio, isInput, pty }) {
    if (pty !== null) {
      this.#openTerminal(pty);
      return;
    }
    try {
      for (let fd = 0; fd < stdio.length; fd++) this.fds.push(this.#fdOf(stdio[fd], fd, isInput(fd)));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #openTerminal(pty) {
    const { ours, theirs } = openPty(pty);
    this.terminal = ours;
    this.#childTerminal = theirs;
    this.fds.push(theirs, theirs, theirs);
  }

  #fdOf(targets, fd, isInput) {
    if (targets.length !== 1) return targets.length === 0 ? IGNORE : PIPE;
    const [target] = targets;
    switch (target.kind) {
      case 'pipe':
        return PIPE;
      case 'ignore':
        return IGNORE;
      case 'inherit':
        return fd;
      case 'fd':
        return target.value;
      case 'file':
        return this.#open(target, isInput);
      case 'nodeStream':
        return this.#handleOf(target.value);
      default:
        return PIPE;
    }
  }

  /** One file for two outputs is opened once, so that they do not write over each other. */
  #open({ value: path, append }, isInput) {
    // Opening a FIFO waits for its other end, and would have all of JavaScript wait: a stream does that on a thread.
    if (statSync(path, THROW_NOTHING)?.isFIFO()) return PIPE;
    const key = isInput ? null : `${append ? 'a' : 'w'}${path}`;
    if (key !== null && this.#files.has(key)) return this.#files.get(key);
    const fd = openSync(path, isInput ? 'r' : append ? 'a' : 'w');
    this.#opened.push(fd);
    if (key !== null) this.#files.set(key, fd);
    return fd;
  }

  /** What is on its way in one of our own buffers would be lost to the child, or be overtaken by it. */
  #handleOf(stream) {
    const handle = isHandle(stream.handle) ? stream.handle : stream._handle;
    if (!isHandle(handle) || handle.fd < 0 || stream.readableLength > 0 || stream.writableLength > 0) return PIPE;
    this.#given.push({ stream, handle });
    return handle.fd;
  }

  get given() {
    return this.#given;
  }

  /** After the start, or instead of it. */
  close() {
    for (const fd of this.#opened) closeSync(fd);
    this.#opened = NONE;
    if (this.#childTerminal >= 0) native().closeFd(this.#childTerminal);
    this.#childTerminal = -1;
  }
}

/** As fds of Connections, but of nothing that is connected. */
function pipesOf(stdio) {
  return stdio.map((targets) => (targets.some(({ kind }) => kind === 'pipe') ? PIPE : IGNORE));
}

const THROW_NOTHING = Object.freeze({ __proto__: null, throwIfNoEntry: false });

module.exports = { Connections, pipesOf };
