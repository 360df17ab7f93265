'use strict';
// Children with a channel of ours, and what came from them.

const { once } = require('node:events');
const path = require('node:path');
const { fork } = require('../..');

const PEER = path.join(__dirname, '../fixtures/ipc-channel/peer.js');
const children = new Set();

/** @returns {{ child: object, channel: import('../../js/ipc').Channel }} */
function start(file = PEER, options = undefined, args = []) {
  const child = fork(file, args, { serialization: 'structured', silent: true, ...options });
  child.stderr.pipe(process.stderr);
  children.add(child);
  child.once('exit', () => children.delete(child));
  return { child, channel: child.channel };
}

/** To be called after each test: what it has left ends. */
async function endAll() {
  await Promise.all(
    [...children].map((child) => {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      return exit;
    }),
  );
}

/** Messages as they come; take(n) waits for the next n. */
class Collected {
  #messages = [];
  #waiting = null;

  constructor(emitter, event = 'message') {
    emitter.on(event, (message) => {
      this.#messages.push(message);
      this.#check();
    });
  }

  take(count) {
    return new Promise((resolve) => {
      this.#waiting = { count, resolve };
      this.#check();
    });
  }

  #check() {
    if (this.#waiting === null || this.#messages.length < this.#waiting.count) return;
    const { count, resolve } = this.#waiting;
    this.#waiting = null;
    resolve(this.#messages.splice(0, count));
  }
}

/** What a promise was rejected with. */
function failure(promise) {
  return Promise.resolve(promise).then(
    (value) => {
      throw new Error(`It was not rejected, but gave ${value}`);
    },
    (error) => error,
  );
}

module.exports = { Collected, PEER, endAll, failure, start };
