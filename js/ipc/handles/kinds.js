'use strict';
// The kinds of handles. Each has:
//
// type: its name on the wire. is(value). moves: whether sending it closes it over here.
// hold(value): { fd, info, restore }: keeps the value from using the descriptor until restore() or close().
// close(value): the peer has it. adopt(fd, info): the value over there.

const dgram = require('node:dgram');
const fs = require('node:fs');
const net = require('node:net');
const { codes } = require('../../errors');
const { native } = require('../../native');
const { adopt, releaseHttpParser, serverOf, udpHandleOf } = require('../../node_channel');
const file = require('./file-handle');

const { ERR_INVALID_ARG_VALUE, ERR_INVALID_HANDLE_TYPE } = codes;

const socket = {
  type: 'socket',
  moves: true,
  is: (value) => value instanceof net.Socket,

  hold(value) {
    const refuse = (reason) => {
      throw new ERR_INVALID_ARG_VALUE('handle', value, reason);
    };
    if (value.connecting) refuse('is still connecting');
    const handle = value._handle;
    if (!isStream(handle)) throw new ERR_INVALID_HANDLE_TYPE();
    // Its other half, keys and all, is in this process.
    if (value.encrypted) throw new ERR_INVALID_HANDLE_TYPE();
    if (value.writableLength > 0) refuse('has output that was not sent yet');
    if (value.readableLength > 0) refuse('has input that was not read yet');
    // What comes in from now on is the peer's.
    const wasReading = handle.reading;
    handle.reading = false;
    handle.readStop();
    return { fd: handle.fd, restore: () => readOn(value, handle, wasReading) };
  },

  close(value) {
    releaseHttpParser(value);
    // Closes the descriptor and nothing else: the connection is the peer's.
    value.destroy();
  },

  adopt(fd) {
    const handle = adopt(fd, 'net.Socket');
    return handle && new net.Socket({ handle, readable: true, writable: true });
  },
};

const server = {
  type: 'server',
  moves: false,
  is: (value) => value instanceof net.Server,

  hold(value) {
    // In a worker of Node's cluster there is none: its primary has it.
    if (!isStream(value._handle)) throw new ERR_INVALID_HANDLE_TYPE();
    return { fd: value._handle.fd };
  },

  close: (value) => value.close(),

  adopt(fd) {
    const handle = adopt(fd, 'net.Server');
    if (handle === undefined) return undefined;
    const value = serverOf(handle);
    if (value.listening) return value;
    // It is none that could listen; the peer is told so, and not by this event.
    value.on('error', () => {});
    return undefined;
  },
};

const datagrams = {
  type: 'dgram',
  moves: false,
  is: (value) => value instanceof dgram.Socket,

  hold(value) {
    const handle = udpHandleOf(value);
    if (!(handle?.fd >= 0)) throw new ERR_INVALID_HANDLE_TYPE();
    return { fd: handle.fd, info: { family: value.type } };
  },

  close: (value) => value.close(),

  adopt(fd, { family }) {
    const handle = adopt(fd, 'dgram.Socket');
    return handle && new dgram.Socket(family === 'udp6' ? 'udp6' : 'udp4').bind(handle);
  },
};

const files = {
  type: 'file',
  moves: true,
  is: file.isFileHandle,

  hold(value) {
    if (!(value.fd >= 0)) throw new ERR_INVALID_HANDLE_TYPE();
    return { fd: value.fd };
  },

  close(value) {
    // The descriptor that is closed is a copy by now: what its file system may say of it concerns nobody.
    value.close().catch(() => {});
  },

  adopt: file.fromDescriptor,
};

const descriptor = {
  type: 'fd',
  moves: true,
  is: (value) => typeof value.fd === 'number' && Object.keys(value).length === 1,

  hold({ fd }) {
    fs.fstatSync(fd);
    return { fd };
  },

  close: ({ fd }) => native().closeFd(fd),

  adopt: (fd) => ({ fd }),
};

const kinds = [socket, server, datagrams, files, descriptor];

/** @param {boolean} [required] throws where there is none */
function kindOf(value, required = false) {
  const isObject = typeof value === 'object' && value !== null;
  const kind = isObject ? kinds.find(({ is }) => is(value)) : undefined;
  if (kind === undefined && required) throw new ERR_INVALID_HANDLE_TYPE();
  return kind;
}

/** A connection or a listening socket with a descriptor of its own. */
function isStream(handle) {
  const name = handle?.constructor?.name;
  return (name === 'TCP' || name === 'Pipe') && handle.fd >= 0;
}

function readOn(value, handle, wasReading) {
  if (!wasReading || value._handle !== handle) return;
  handle.reading = true;
  handle.readStart();
}

module.exports = { kindOf, kinds };
