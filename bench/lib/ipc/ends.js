'use strict';
// The subjects of bench/ipc.js: how each starts its other end, and how either end says and hears something.
//
// An End: send(message) hands a message over; settled(last) resolves when what send() returned for the last one of a burst says that
// it is on its way; onMessage(listener) hears. Whoever offers nothing to wait for gets a turn of the loop.

const path = require('node:path');
const { pathToFileURL } = require('node:url');

const ROOT = path.join(__dirname, '..', '..', '..');
const OTHER_END = path.join(__dirname, '..', '..', 'peers', 'ipc-other-end.js');

const turn = () => new Promise(setImmediate);

/** `send` with a callback, as ChildProcess and process have it. */
function nodeEnd(target) {
  return {
    send: (message) => void target.send(message),
    last: (message) => new Promise((resolve, reject) => target.send(message, (error) => (error ? reject(error) : resolve()))),
    onMessage: (listener) => target.on('message', listener),
  };
}

function channelEnd(channel, ipc) {
  return {
    send: (message) => void channel.send(message),
    last: (message) => channel.send(message),
    onMessage: (listener) => channel.on('message', listener),
    alloc: (size) => channel.alloc(size),
    release: (value) => ipc.release(value),
  };
}

function workerEnd(port) {
  return {
    send: (message) => port.postMessage(message),
    last(message) {
      port.postMessage(message);
      return turn();
    },
    onMessage: (listener) => port.on('message', listener),
  };
}

function execaEnd({ sendMessage, getEachMessage }) {
  return {
    send: (message) => void sendMessage(message),
    last: (message) => sendMessage(message),
    async onMessage(listener) {
      for await (const message of getEachMessage()) listener(message);
    },
  };
}

function stopNode(child) {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => (code === 0 ? resolve() : reject(new Error(`the other end: ${signal ?? code}`))));
    child.disconnect();
  });
}

function startForked(fork, options, makeEnd = nodeEnd, name = 'node') {
  const child = fork(OTHER_END, [name], options);
  return { end: makeEnd(child), pid: child.pid, stop: () => stopNode(child) };
}

/** By name: start() in the parent, end() in the other process or thread. */
const subjects = {
  __proto__: null,
  'stock json': {
    start: () => startForked(require('node:child_process').fork, { serialization: 'json' }),
  },
  'stock advanced': {
    start: () => startForked(require('node:child_process').fork, { serialization: 'advanced' }),
  },
  /** An unmodified script. */
  fast: {
    start: ({ ours }) => startForked(require(ours).fork, { transport: 'fast' }),
  },
  'fast advanced': {
    start: ({ ours }) => startForked(require(ours).fork, { transport: 'fast', serialization: 'advanced' }),
  },
  ours: {
    start({ ours }) {
      const ipc = require(path.join(ROOT, 'js', 'ipc'));
      return startForked(require(ours).fork, { serialization: 'structured' }, (child) => channelEnd(child.channel, ipc), 'ours');
    },
  },
  worker_threads: {
    start() {
      const { Worker } = require('node:worker_threads');
      const worker = new Worker(OTHER_END, { argv: ['worker'] });
      return { end: workerEnd(worker), pid: process.pid, stop: () => worker.terminate() };
    },
  },
  execa: {
    async start({ execa }) {
      const { execaNode } = await import(pathToFileURL(execa));
      const child = execaNode(OTHER_END, ['execa', execa], { serialization: 'json', reject: false });
      return {
        end: execaEnd({ sendMessage: (message) => child.sendMessage(message), getEachMessage: () => child.getEachMessage() }),
        pid: child.pid,
        async stop() {
          child.kill();
          await child;
        },
      };
    },
  },
};

/** In the other process or thread. */
const otherEnds = {
  __proto__: null,
  node: () => nodeEnd(process),
  ours() {
    const ipc = require(path.join(ROOT, 'js', 'ipc'));
    return channelEnd(ipc.parent, ipc);
  },
  worker: () => workerEnd(require('node:worker_threads').parentPort),
  execa: async (execa) => execaEnd(await import(pathToFileURL(execa))),
};

module.exports = { subjects, otherEnds };
