'use strict';
// What a handle that came over a channel is, in words that two implementations can be compared by.

const dgram = require('node:dgram');
const net = require('node:net');

function describeHandle(value) {
  if (value === undefined || value === null) return `${value}`;
  const kinds = { 'net.Socket': net.Socket, 'net.Server': net.Server, 'dgram.Socket': dgram.Socket };
  const [kind] = Object.entries(kinds).find(([, Kind]) => value instanceof Kind) ?? [value.constructor.name];
  return [kind, ...states[kind](value)];
}

const states = {
  __proto__: null,
  'net.Socket': (socket) => [
    socket._handle.constructor.name,
    socket.readable,
    socket.writable,
    socket.connecting,
    socket.destroyed,
    socket.server === undefined,
  ],
  'net.Server': (server) => [server._handle.constructor.name, server.listening, typeof server.address(), server._connectionKey],
  'dgram.Socket': (socket) => [socket.type, socket.address().family],
  TCP: (handle) => [typeof handle.fd],
  Pipe: (handle) => [typeof handle.fd],
  UDP: (handle) => [typeof handle.fd],
};

module.exports = { describeHandle };
