'use strict';
// A child's output as a net.Socket, which is what Node has there, with a valve: whoever else reads the same output (the result, lines,
// a file) sees each chunk as it arrives and can hold the child back, no matter how the socket's owner reads it.

const { openStream, socketClass } = require('../inside');

let OutputSocket;

function makeClass() {
  const Socket = socketClass();
  return class extends Socket {
    /** { take(chunk): boolean, isShut } once it is set; the constructor of net.Socket already reads. */
    valve = undefined;

    push(chunk, encoding) {
      if (this.valve === undefined) return super.push(chunk, encoding);
      if (chunk !== null) return this.valve.take(chunk, encoding);
      // In this order: 'end' may be emitted by the next line.
      this.valve.ended();
      return super.push(null);
    }

    /** Past the valve. */
    pushOn(chunk, encoding) {
      return super.push(chunk, encoding);
    }

    _read(size) {
      // Asked for again by reopen().
      if (this.valve === undefined || !this.valve.isShut) super._read(size);
    }

    reopen() {
      if (!this.destroyed) super._read(0);
    }
  };
}

function outputSocketClass() {
  return (OutputSocket ??= makeClass());
}

/** @param {number} fd taken over */
function openOutput(fd, valve) {
  const socket = openStream(fd, true, outputSocketClass());
  socket.valve = valve;
  return socket;
}

module.exports = { openOutput, outputSocketClass };
