'use strict';
// What runSync() connects the child's fds to, and what is written where when the child is done.

const { closeSync, openSync, writeSync } = require('fs');
const { IGNORE, PIPE } = require('../inside');

class Connections {
  /** For the addon, by the child's fd; see Stdio in native.d.ts. */
  fds = [];
  #settings;
  #opened = [];

  /** @throws what a file cannot be opened for */
  constructor(settings) {
    this.#settings = settings;
    try {
      settings.stdio.forEach((targets, fd) => {
        this.fds.push(this.#connect(targets, fd));
      });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #connect(targets, fd) {
    const [{ kind, value, append }] = targets;
    const isInput = this.#settings.isInput(fd);
    if (targets.length === 1) {
      if (kind === 'ignore') return IGNORE;
      if (kind === 'inherit') return fd;
      if (kind === 'fd') return value;
      if (kind === 'file') return this.#open(value, isInput ? 'r' : append ? 'a' : 'w');
      if (kind === 'pipe' && !isInput && !this.#settings.buffer(fd)) return IGNORE;
    }
    return PIPE;
  }

  #open(path, flags) {
    const fd = openSync(path, flags);
    this.#opened.push(fd);
    return fd;
  }

  /** Whether the child's output on `fd` belongs into the result. */
  isKept(fd) {
    return this.#settings.stdio[fd].some(({ kind }) => kind === 'pipe') && this.#settings.buffer(fd);
  }

  /** Hands on what came out, where it had to be collected first: to each of several targets. */
  deliver(output) {
    this.#settings.stdio.forEach((targets, fd) => {
      const bytes = output[fd];
      if (bytes === null || bytes === undefined || this.#settings.isInput(fd)) return;
      for (const { kind, value, append } of targets) {
        if (kind === 'file') this.#deliverToFile(value, append, bytes);
        else if (kind === 'fd') writeWhole(value, bytes);
        else if (kind === 'inherit') writeWhole(fd, bytes);
      }
    });
  }

  #deliverToFile(path, append, bytes) {
    const fd = openSync(path, append ? 'a' : 'w');
    try {
      writeWhole(fd, bytes);
    } finally {
      closeSync(fd);
    }
  }

  close() {
    for (const fd of this.#opened) closeSync(fd);
    this.#opened.length = 0;
  }
}

function writeWhole(fd, bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

module.exports = { Connections };
