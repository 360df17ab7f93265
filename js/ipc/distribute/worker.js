'use strict';
// One of those that connections are given to, whatever the way to it.

const { EventEmitter } = require('node:events');

let last = 0;

/**
 * Events: 'room', it may take more than a moment ago. 'gone', it takes nothing any more; what it had been given and did not accept is given back
 * before that.
 */
class Worker extends EventEmitter {
  /** Of this process, in the order in which they came. */
  number = ++last;
  /** Whether connections may be given to it. */
  isReady = false;
  isGone = false;
  isLeaving = false;
  /** Connections that it has accepted and not told the end of. */
  open = 0;
  /** Connections on their way to it. */
  offered = new Set();
  /** All that it has ever accepted. */
  accepted = 0;

  get load() {
    return this.open + this.offered.size;
  }

  get isIdle() {
    return this.load === 0;
  }

  /** @param {import('./connection').Connection} connection */
  give(connection) {
    this.offered.add(connection);
    this.offer(connection);
  }

  took(connection) {
    if (!this.offered.delete(connection)) return;
    this.open++;
    this.accepted++;
    connection.taken();
    this.emit('room');
  }

  /** It has not got it, and will not. */
  missed(connection) {
    if (!this.offered.delete(connection)) return;
    connection.returned();
    this.emit('room');
  }

  closedOne() {
    this.open--;
    this.emit('room');
  }

  isReadyNow() {
    if (this.isReady || this.isGone || this.isLeaving) return;
    this.isReady = true;
    this.emit('room');
  }

  goneNow() {
    if (this.isGone) return;
    this.isGone = true;
    this.isReady = false;
    this.open = 0;
    this.emit('gone');
    for (const connection of [...this.offered]) this.missed(connection);
  }
}

module.exports = { Worker };
