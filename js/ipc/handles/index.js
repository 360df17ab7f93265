'use strict';
// What can be sent over a channel beside a message. On the wire it is a descriptor and a word about it, see "Descriptors" in
// docs/protocol.md.
//
// A connection or a file moves: it is closed over here as soon as the peer has it. A server, or a datagram socket, is shared. The option
// `keepOpen` says otherwise: true shares, false moves. Until the peer has said that it is there nothing is closed, so that nothing is lost
// with a peer that ends before.

const { validateBoolean } = require('../../validate');
const { HandOver } = require('./hand-over');
const { kindOf, kinds } = require('./kinds');

/** Whether a value is sent as a handle, and is not a bag of options. */
function isHandle(value) {
  return kindOf(value) !== undefined;
}

/**
 * @param {unknown} value
 * @param {{ keepOpen?: boolean }} options
 * @returns {{ fds: number[], info: object, sent(arrived: boolean): void }} info: plain JSON. sent() is to be called once, when the peer has it,
 *   or when it is known that it never will: then the value is as it was.
 * @throws ERR_INVALID_HANDLE_TYPE, or why this one cannot be sent; nothing has happened to it then
 */
function pack(value, { keepOpen } = {}) {
  if (value instanceof HandOver) return value.pack();
  if (keepOpen !== undefined) validateBoolean(keepOpen, 'options.keepOpen');
  const kind = kindOf(value, true);
  const { fd, info, restore } = kind.hold(value);
  const moves = keepOpen === undefined ? kind.moves : !keepOpen;
  let isSettled = false;
  return {
    fds: [fd],
    info: { type: kind.type, ...info },
    sent(arrived) {
      if (isSettled) return;
      isSettled = true;
      if (arrived && moves) kind.close(value);
      else restore?.();
    },
  };
}

/**
 * @param {{ type?: string }} info as the peer sent it, so it may be anything
 * @param {number[]} fds ours from here on; one that is negative, or none, got lost on the way: this process is out of descriptors
 * @returns {unknown} the value, a promise of it (files, at first), or undefined where it is nothing that could be used, or got lost
 */
function unpack(info, fds) {
  const [fd = -1] = fds;
  if (fd < 0) return undefined;
  if (info?.for !== undefined) return require('../distribute').arrive(info.for, fd);
  const kind = kinds.find(({ type }) => type === info?.type);
  if (kind !== undefined) return kind.adopt(fd, info);
  closeUnknown(fd);
  return undefined;
}

function closeUnknown(fd) {
  require('../../native').native().closeFd(fd);
}

module.exports = { HandOver, isHandle, pack, unpack };
