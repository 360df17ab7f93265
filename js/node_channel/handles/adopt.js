'use strict';
// From a descriptor that came over the channel to the libuv handle that Node's own channel would have made of it.

const fs = require('node:fs');
const net = require('node:net');
const { newUdpHandle } = require('./udp');

/**
 * @param {number} fd ours from here on
 * @param {unknown} type as the message with it says
 * @returns {object | undefined} a TCP, Pipe or UDP handle; undefined where the descriptor is something else
 */
function adopt(fd, type) {
  const handle = String(type).startsWith('dgram.') ? openUdp(fd) : net._createServerHandle(null, null, null, fd);
  if (typeof handle === 'object') return handle;
  fs.closeSync(fd);
  return undefined;
}

/** Returns a negative errno where it fails, as net._createServerHandle() does. */
function openUdp(fd) {
  const handle = newUdpHandle();
  const status = handle.open(fd);
  if (status === 0) return handle;
  handle.close();
  return status;
}

module.exports = { adopt };
