'use strict';
// What can be sent over the channel besides messages, and what it is over here: `send` gets the libuv handle out of it, `receive` makes it
// again of the handle that came in.

const dgram = require('node:dgram');
const net = require('node:net');
const { codes } = require('../../errors');
const boundSocket = require('./bound_socket');
const { releaseHttpParser } = require('./http_parser');
const { udpHandleOf } = require('./udp');

const rawHandle = {
  send: (handle) => handle,
  receive: (handle, _message, _link, done) => done(handle),
};

/**
 * send(value, envelope, link, options): the libuv handle, or nothing where there is none any more; may add to the envelope.
 * receive(handle, envelope, link, done): calls done() with the value.
 * leaves: the handle is closed over here once the peer has it, unless keepOpen.
 */
const types = {
  __proto__: null,
  'net.Native': rawHandle,
  'dgram.Native': rawHandle,

  'net.Socket': {
    leaves: true,

    send(socket, envelope, link, { keepOpen }) {
      const handle = socket._handle;
      if (!handle) return undefined;
      if (socket.server) {
        const { server } = socket;
        // The server goes on counting this connection, by asking the child.
        envelope.key = server._connectionKey;
        const isNew = !link.hasSentSockets(envelope.key);
        const sockets = link.sentSockets(envelope.key);
        if (isNew) server._setupWorker(sockets);
        if (!keepOpen) server._connections--;
      }
      if (!keepOpen) detach(socket, handle);
      return handle;
    },

    receive(handle, { key }, link, done) {
      const socket = new net.Socket({ handle, readable: true, writable: true });
      if (key) link.receivedSockets(key).add(socket);
      done(socket);
    },
  },

  'net.Server': {
    send: (server) => server._handle,

    receive(handle, _envelope, _link, done) {
      const server = serverOf(handle);
      server.once('listening', () => done(server));
    },
  },

  'dgram.Socket': {
    send(socket, envelope) {
      envelope.dgramType = socket.type;
      return udpHandleOf(socket);
    },

    receive(handle, { dgramType }, _link, done) {
      const socket = new dgram.Socket(dgramType);
      socket.bind(handle, () => done(socket));
    },
  },
};

if (boundSocket.isSupported) {
  types['net.BoundSocket'] = {
    leaves: true,

    send(value) {
      // A path stays bound to the process that made it.
      if (value.isPipe) throw new codes.ERR_INVALID_HANDLE_TYPE();
      return boundSocket.takeHandle(value);
    },

    receive: (handle, _envelope, _link, done) => done(boundSocket.fromHandle(handle)),
  };
}

/** A server that listens; its 'listening' comes in the next tick. */
function serverOf(handle) {
  const server = new net.Server();
  if (isA(handle, 'TCP')) {
    server.listen(handle);
  } else {
    // listen() would open a second handle on a Pipe's descriptor, and each would close it.
    server._handle = handle;
    server._listen2(null, null, null);
  }
  return server;
}

/** Handles of libuv have no public class to compare with. */
function isA(value, name) {
  return value.constructor?.name === name && typeof value.getAsyncId === 'function';
}

function typeOf(value) {
  if (value instanceof net.Socket) return 'net.Socket';
  if (value instanceof net.Server) return 'net.Server';
  if (isA(value, 'TCP') || isA(value, 'Pipe')) return 'net.Native';
  if (value instanceof dgram.Socket) return 'dgram.Socket';
  if (isA(value, 'UDP')) return 'dgram.Native';
  if (boundSocket.isBoundSocket(value)) return 'net.BoundSocket';
  throw new codes.ERR_INVALID_HANDLE_TYPE();
}

/** The socket is the peer's now. Node leaves it reading until the peer has it, and loses what comes in meanwhile. */
function detach(socket, handle) {
  handle.onread = nop;
  socket._handle = null;
  socket.setTimeout(0);
  releaseHttpParser(socket);
  handle.readStop();
}

function nop() {}

module.exports = { types, typeOf, serverOf };
