'use strict';
// In the worker: connections that the parent hands over, and whoever serves them.

const net = require('node:net');
const { genericNodeError, codes } = require('../../errors');
const { validateFunction } = require('../../validate');
const { adopt } = require('../../node_channel');
const { SERVE } = require('../handles/serve');

/** Who serves: { connection(socket), listen(handle): net.Server }, or null for nobody yet. */
let sink = null;
/** attach() was called once, and what it began is over. */
let isOver = false;
let wake;
const attached = new Promise((resolve) => {
  wake = resolve;
});

/**
 * Has `server`, which need not listen, serve the connections that the parent gives to this process by distribute(). While it does, the
 * process stays.
 * @param {net.Server} server net or http
 * @returns {() => void} ends it for good: no further connections, and nothing that keeps the process for them
 * @throws ERR_PROCS_IPC_NO_PARENT where there is no channel to a parent, ERR_PROCS_IPC_ATTACHED the second time
 */
function attach(server) {
  if (!(server instanceof net.Server)) throw new codes.ERR_INVALID_ARG_TYPE('server', 'net.Server', server);
  trackRequests(server);
  return serveWith({
    connection(socket) {
      // As if it had accepted it: close() waits for it.
      server._connections++;
      socket.server = server;
      socket._server = server;
      server.emit('connection', socket);
    },
    listen: (handle) => server.listen(handle),
  });
}

/**
 * The same for a function.
 * @param {(socket: net.Socket) => void} handler
 * @returns {() => void} see attach()
 */
function onConnection(handler) {
  validateFunction(handler, 'handler');
  return serveWith({
    connection: (socket) => handler(socket),
    listen: (handle) => net.createServer(handler).listen(handle),
  });
}

/** http watches over slow clients from the moment that it listens. */
function trackRequests(server) {
  const begin = server.listeners('listening').find(({ name }) => name === 'setupConnectionsTracking');
  begin?.call(server);
}

function serveWith(given) {
  if (sink !== null || isOver) {
    throw genericNodeError('This process has attached a server before', { __proto__: null, code: 'ERR_PROCS_IPC_ATTACHED' });
  }
  const release = connectParent();
  sink = given;
  wake();
  return () => {
    if (isOver) return;
    isOver = true;
    release();
  };
}

function connectParent() {
  const channel = require('../parent').parent();
  if (channel !== null) return holdChannel(channel);
  if (process.channel) return require('./node-worker-end').begin(serveConnection, (handle) => sink.listen(handle));
  throw genericNodeError('This process has no channel to a parent', { __proto__: null, code: 'ERR_PROCS_IPC_NO_PARENT' });
}

/** It keeps the process. It is read for as long as the process lives: what comes after the end has to be refused. */
function holdChannel(channel) {
  channel.on('close', () => {});
  channel.ref();
  return () => channel.unref();
}

/**
 * What came over a Channel for this folder.
 * @param {'connection' | 'server'} purpose
 * @param {number} fd ours
 * @returns {object | undefined} a request's handler, under SERVE; undefined where it cannot be used
 */
function arrive(purpose, fd) {
  const isServer = purpose === 'server';
  const handle = adopt(fd, isServer ? 'net.Server' : 'net.Socket');
  if (handle === undefined) return undefined;
  return {
    [SERVE]: (_message, { signal }) => (isServer ? servedServer(handle, signal) : servedConnection(handle, signal)),
    close: () => handle.close(),
  };
}

/** Answers with a stream: it begins when the connection is ours, and ends with it. */
async function servedConnection(handle, signal) {
  await whoServes(handle, signal);
  return life(async () => {
    // The parent is told first: what happens to this process once the server has the connection must not have another one serve it again.
    await new Promise(setImmediate);
    await serveConnection(handle);
  });
}

/** The stream ends with the listening. */
async function servedServer(handle, signal) {
  await whoServes(handle, signal);
  return life(async () => {
    const server = sink.listen(handle);
    await aborted(signal);
    server.close();
  });
}

/** A stream without items, that lasts as long as what is done. */
function life(run) {
  const next = async () => {
    await run();
    return { value: undefined, done: true };
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

/** Waits until there is somebody to serve it. @throws where there will be nobody: the parent still has it */
async function whoServes(handle, signal) {
  if (sink === null) await Promise.race([attached, aborted(signal)]);
  if (!signal.aborted && !isOver) return;
  handle.close();
  // By this code it is the parent's as it was.
  throw genericNodeError('Nobody serves connections here', { __proto__: null, code: 'ERR_PROCS_IPC_HANDLE_LOST', isDetached: true });
}

function aborted(signal) {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** @returns {Promise<void>} when it is closed */
function serveConnection(handle) {
  const socket = new net.Socket({ handle, readable: true, writable: true });
  const closed = new Promise((resolve) => socket.once('close', () => resolve()));
  sink.connection(socket);
  return closed;
}

module.exports = { attach, onConnection, arrive };
