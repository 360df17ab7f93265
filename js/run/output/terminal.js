'use strict';
// Our end of a pseudo-terminal as one stream: what is written to it is typed, what is read from it is shown.

const { readSync } = require('fs');
const { openStream } = require('../inside');
const { outputSocketClass } = require('./socket');

/** The character that ends input in a terminal, Ctrl-D. At the end of a line that was begun it only hands that over. */
const END_OF_INPUT = '\x04';

/** More than the kernel holds of a terminal's output. */
const REST = 128 * 1024;

let TerminalSocket;

function makeClass() {
  return class extends outputSocketClass() {
    #isSilent = false;
    #isInLine = false;

    /**
     * When nobody has the terminal open, its end is read, or, on Linux, EIO. It need not be the end: the child may open /dev/tty again. And
     * closing our end now, as a stream does at its end, would hang up, and a child that has closed its own end a moment before its exit
     * would die of that. So it is looked at again when the child has ended.
     */
    push(chunk, encoding) {
      if (chunk !== null || this.valve === undefined || this.valve.isDraining) return super.push(chunk, encoding);
      this.#isSilent = true;
      return false;
    }

    destroy(error, callback) {
      if (error?.code !== 'EIO' || error.syscall !== 'read') return super.destroy(error, callback);
      this.push(null);
      this.read(0);
      return this;
    }

    childHasEnded() {
      if (!this.#isSilent || this._handle === null) return;
      for (const chunk of rest(this._handle.fd)) this.push(chunk);
      this.push(null);
      this.read(0);
    }

    _write(chunk, encoding, callback) {
      this.#isInLine = !endsLine(chunk);
      super._write(chunk, encoding, unlessGone(callback));
    }

    _writev(chunks, callback) {
      this.#isInLine = !endsLine(chunks[chunks.length - 1].chunk);
      super._writev(chunks, unlessGone(callback));
    }

    /** A terminal cannot be closed in one direction. */
    _final(callback) {
      if (this.#isSilent || this.destroyed) callback();
      else super._write(this.#isInLine ? END_OF_INPUT + END_OF_INPUT : END_OF_INPUT, 'latin1', unlessGone(callback));
    }
  };
}

/** What came after the silence. libuv reads no more from what has given it an error; the descriptor does not wait. */
function* rest(fd) {
  const buffer = Buffer.allocUnsafe(REST);
  // Bounded: somebody else may have it open, and go on writing.
  for (let read = 0; read < REST; ) {
    let count;
    try {
      count = readSync(fd, buffer, read, REST - read);
    } catch (error) {
      if (error.code === 'EIO' || error.code === 'EAGAIN') return;
      throw error;
    }
    if (count === 0) return;
    yield buffer.subarray(read, (read += count));
  }
}

function endsLine(chunk) {
  return typeof chunk === 'string' ? chunk.endsWith('\n') : chunk[chunk.length - 1] === 0x0a;
}

/** Typed when nobody was there any more: that tells the end of what can be read. */
function unlessGone(callback) {
  return (error) => callback(error?.code === 'EIO' ? null : error);
}

/** @param {number} fd taken over */
function openTerminal(fd, valve) {
  TerminalSocket ??= makeClass();
  const socket = openStream(fd, true, TerminalSocket);
  socket.valve = valve;
  return socket;
}

module.exports = { openTerminal };
