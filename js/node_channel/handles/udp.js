'use strict';
// Access to the libuv handle of a dgram.Socket. Node's own _createSocketHandle() and socket._handle warn (DEP0112) or are gone, but the
// handle sits in the socket's state, under a symbol whose name has been the same since Node 12.

const dgram = require('node:dgram');

let stateSymbol;
let Udp;

/** @returns {object | null | undefined} null once the socket is closed */
function udpHandleOf(socket) {
  stateSymbol ??= Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'state symbol');
  return socket[stateSymbol]?.handle;
}

function newUdpHandle() {
  if (Udp === undefined) {
    const socket = dgram.createSocket('udp4');
    Udp = udpHandleOf(socket).constructor;
    socket.close();
  }
  return new Udp();
}

module.exports = { udpHandleOf, newUdpHandle };
