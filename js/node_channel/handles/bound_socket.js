'use strict';
// net.BoundSocket, which Node sends over its channel since 26. It gives its handle away, and takes one, only through the methods that
// worker_threads moves it with; they have no public name, but they are methods like any other.

const net = require('node:net');

const prototype = net.BoundSocket?.prototype;
const TRANSFER = method('messaging_transfer_symbol');
const DESERIALIZE = method('messaging_deserialize_symbol');

const isSupported = TRANSFER !== undefined && DESERIALIZE !== undefined && typeof net._TransferredBoundSocket === 'function';

function method(name) {
  return prototype && Object.getOwnPropertySymbols(prototype).find((symbol) => symbol.description === name);
}

function isBoundSocket(value) {
  return isSupported && value instanceof net.BoundSocket;
}

/** Throws where it is in use already. */
function takeHandle(boundSocket) {
  return boundSocket[TRANSFER]().data.handle;
}

function fromHandle(handle) {
  const boundSocket = new net._TransferredBoundSocket();
  boundSocket[DESERIALIZE]({ handle });
  return boundSocket;
}

module.exports = { isSupported, isBoundSocket, takeHandle, fromHandle };
