'use strict';
// A child's stdio streams: net.Sockets on this process's ends of the socket pairs, as Node's own are.

/** PipeConstants.SOCKET of Node's pipe_wrap: a stream, not a server and not an IPC channel. */
const SOCKET = 0;

/** Loaded with the first stream. */
let net;

/** Node's class of stream handles for Unix sockets. It has no public name, but any net.Socket on one has an instance. */
let Pipe;

/** Streams another child reads from or writes to: what they hold is not ours to consume. */
const usedAsStdio = new WeakSet();

/**
 * @param {number} fd a Unix stream socket, taken over
 * @param {boolean} readable false for the child's stdin, which is only written to
 * @param {typeof import('net').Socket} [Socket] net's own when it is not given
 */
function openStream(fd, readable, Socket = socketClass()) {
  if (Pipe === undefined) {
    const first = new Socket({ __proto__: null, fd, readable });
    Pipe = first._handle.constructor;
    return first;
  }
  // What net.Socket does with an fd, without the system calls that find out what kind of fd it is.
  const handle = new Pipe(SOCKET);
  handle.open(fd);
  return new Socket({ __proto__: null, handle, readable });
}

function socketClass() {
  net ??= require('net');
  return net.Socket;
}

/** Whether this is one of Node's own stream or datagram handles. Their classes cannot be had to compare with. */
function isHandle(value) {
  if (typeof value?.fd !== 'number' || typeof value.getAsyncId !== 'function') return false;
  const { name } = value.constructor;
  return name === 'Pipe' || name === 'TTY' || name === 'TCP' || name === 'UDP';
}

/** From here on the child reads from this stream: this process must not, or they would take bytes from one another. */
function giveAway(stream, handle) {
  handle.reading = false;
  handle.readStop?.(); // UDP has none
  stream.pause?.();
  stream.readableFlowing = false;
  if (stream._readableState) stream._readableState.reading = false;
  usedAsStdio.add(stream);
}

/** Reads what nobody has read, so that every stream comes to its end and the child can emit 'close'. */
function flush(streams) {
  if (!streams) return;
  for (let i = 0; i < streams.length; i++) {
    const stream = streams[i];
    if (stream?.readable && !usedAsStdio.has(stream)) stream.resume();
  }
}

/** One that has come to its end, and is closed: of a child whose stream nobody has asked for before that. */
function overStream(readable) {
  const Socket = socketClass();
  const socket = new Socket({ __proto__: null, readable, writable: !readable });
  if (readable) {
    const { _readableState: state } = socket;
    state.ended = state.endEmitted = true;
  }
  return socket.destroy();
}

module.exports = { openStream, overStream, socketClass, isHandle, giveAway, flush };
