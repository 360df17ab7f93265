'use strict';
// A worker at the other end of Node's own channel. What is said about connections are internal messages, which no listener of 'message' sees.

const { Worker } = require('./worker');
const { CMD } = require('./words');

class ChildWorker extends Worker {
  #child;
  #connections = new Map();
  /** The server that it is to listen with, or null. */
  #shared = null;
  #lastId = 0;
  /** Ids in the order in which they were sent: handles are answered one by one. */
  #unanswered = [];
  #onMessage = (message) => this.#hear(message);
  #onGone = () => this.goneNow();

  constructor(child) {
    super();
    this.pid = child.pid;
    this.#child = child;
    child.on('internalMessage', this.#onMessage);
    child.on('disconnect', this.#onGone);
    child.on('exit', this.#onGone);
    if (child.connected) this.#say({ cmd: CMD.ASK });
    else this.goneNow();
  }

  offer(connection) {
    const id = ++this.#lastId;
    this.#connections.set(id, connection);
    this.#unanswered.push(id);
    // As it is: of a net.Socket the server would keep count, by asking the child again and again.
    this.#say({ cmd: CMD.CONNECTION, id }, connection.socket._handle);
  }

  #say(message, handle) {
    // What fails, fails with the channel, and that is told.
    this.#child._send(message, handle, { keepOpen: true, swallowErrors: true }, ignore);
  }

  #hear({ cmd, id }) {
    switch (cmd) {
      case CMD.READY:
        if (this.isReady) break;
        this.isReadyNow();
        if (this.#shared !== null) this.#shareNow();
        break;
      case CMD.LEAVING:
        this.isReady = false;
        break;
      case CMD.REFUSED: {
        const connection = this.#connections.get(id);
        this.#connections.delete(id);
        if (connection !== undefined) this.missed(connection);
        break;
      }
      case CMD.TAKEN: {
        const connection = this.#connections.get(id);
        this.#connections.delete(id);
        if (connection !== undefined) this.took(connection);
        break;
      }
      case CMD.CLOSED:
        this.closedOne();
        break;
      case 'NODE_HANDLE_ACK':
        this.#unanswered.shift();
        break;
      case 'NODE_HANDLE_NACK':
        this.#lost(this.#unanswered.shift());
        break;
    }
  }

  /** The child is out of descriptors. */
  #lost(id) {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    this.#connections.delete(id);
    if (connection.failed()) this.missed(connection);
    else if (this.offered.delete(connection)) this.emit('refused', connection);
  }

  listen(server) {
    this.#shared = server;
    if (this.isReady) this.#shareNow();
  }

  #shareNow() {
    this.#unanswered.push(0);
    this.#say({ cmd: CMD.LISTEN }, this.#shared._handle);
  }

  stopListening() {
    if (this.#shared !== null && this.#child.connected) this.#say({ cmd: CMD.STOP });
    this.#shared = null;
  }

  leave() {
    this.#child.off('internalMessage', this.#onMessage);
    this.#child.off('disconnect', this.#onGone);
    this.#child.off('exit', this.#onGone);
  }
}

function ignore() {}

module.exports = { ChildWorker };
