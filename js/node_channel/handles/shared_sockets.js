'use strict';
// Connections of a net.Server that live in another process than the server. Both ends keep count, and ask each other with NODE_SOCKET_*
// messages, so that server.getConnections() and server.close() still speak of all connections.

const { EventEmitter } = require('node:events');
const { codes } = require('../../errors');

/** The server's end: one per server and child. It is in server._workers until the child exits. */
class SentSockets extends EventEmitter {
  constructor(child, key) {
    super();
    this.child = child;
    this.key = key;
    child.once('exit', () => this.emit('exit', this));
  }

  /** Calls back when the child has none of the server's connections any more. */
  close(callback) {
    this.#ask('NODE_SOCKET_NOTIFY_CLOSE', 'NODE_SOCKET_ALL_CLOSED', true, callback);
  }

  getConnections(callback) {
    this.#ask('NODE_SOCKET_GET_COUNT', 'NODE_SOCKET_COUNT', false, (error, answer) => {
      if (error) callback(error);
      else callback(null, answer.count);
    });
  }

  #ask(question, answer, swallowErrors, callback) {
    const { child, key } = this;
    const onMessage = (message) => {
      if (message.cmd !== answer || message.key !== key) return;
      settle(null, message);
    };
    const onDisconnect = () => settle(new codes.ERR_CHILD_CLOSED_BEFORE_REPLY());
    const settle = (...result) => {
      child.removeListener('disconnect', onDisconnect);
      child.removeListener('internalMessage', onMessage);
      callback(...result);
    };
    if (!child.connected) {
      onDisconnect();
      return;
    }
    child.once('disconnect', onDisconnect);
    child.on('internalMessage', onMessage);
    child._send({ cmd: question, key }, undefined, swallowErrors);
  }
}

/** The connections' end: answers for those of one server, which lives in the child. */
class ReceivedSockets extends EventEmitter {
  constructor(child, key) {
    super();
    this.child = child;
    this.key = key;
    this.connections = 0;
    child.on('internalMessage', (message) => {
      if (message.key !== key) return;
      if (message.cmd === 'NODE_SOCKET_NOTIFY_CLOSE') this.#tellWhenEmpty();
      else if (message.cmd === 'NODE_SOCKET_GET_COUNT') this.#tell({ cmd: 'NODE_SOCKET_COUNT', key, count: this.connections }, false);
    });
  }

  add(socket) {
    this.connections++;
    socket.once('close', () => {
      if (--this.connections === 0) this.emit('empty');
    });
  }

  #tellWhenEmpty() {
    const tell = () => this.#tell({ cmd: 'NODE_SOCKET_ALL_CLOSED', key: this.key }, true);
    if (this.connections === 0) tell();
    else this.once('empty', tell);
  }

  #tell(message, swallowErrors) {
    if (this.child.connected) this.child._send(message, undefined, swallowErrors);
  }
}

module.exports = { SentSockets, ReceivedSockets };
