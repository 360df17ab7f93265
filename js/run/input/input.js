'use strict';

const { Writable } = require('stream');
const { closeHeld, hold, release } = require('../../held');
const { openStream } = require('../inside');

/** Our end of something the child reads from. It is a stream once somebody writes to it. */
class Input {
  #run;
  /** Our end while it is no stream, else -1. */
  #idle;
  #socket = null;
  #feed = null;
  /** Converted streams that write here. */
  #writers = 0;
  #hasEnded = false;

  constructor(run, fd, ours) {
    this.#run = run;
    this.fd = fd;
    this.#idle = hold(ours);
    if (ours < 0) this.#hasEnded = true;
  }

  /** @param {import('../options/target').Target[]} targets one after the other, and then the end */
  feed(targets) {
    if (this.#hasEnded) return;
    const [target] = targets;
    if (targets.length === 1 && (target.kind === 'string' || target.kind === 'bytes')) {
      this.stream().end(target.value);
      return;
    }
    const { Feed } = require('./feed');
    this.#feed = new Feed(this.#run, this.stream(), targets);
    this.#feed.begin();
  }

  /** As `subprocess.stdin`. */
  stream() {
    if (this.#socket === null) {
      this.#socket = this.#hasEnded ? ended() : openStream(release(this.#idle), false);
      this.#idle = -1;
      this.#socket.on('error', (error) => this.#failed(error));
    }
    return this.#socket;
  }

  #failed(error) {
    this.#feed?.stop();
    // A child that does not read, or not to the end, has its reasons. What becomes of it, its exit tells.
    if (error.code === 'EPIPE' || error.code === 'ECONNRESET') return;
    this.#run.fail(error);
  }

  /** The child sees the end when the last of several has ended. */
  addWriter() {
    this.#writers++;
    return this.stream();
  }

  removeWriter() {
    this.#writers--;
    if (this.#writers === 0) this.#socket.end();
  }

  childHasEnded() {
    this.#hasEnded = true;
    this.#feed?.stop();
    if (this.#socket !== null) this.#socket.destroy();
    else if (this.#idle >= 0) closeHeld(this.#idle);
    this.#idle = -1;
  }

  /** Takes our end away, for another program to write to. */
  giveAway() {
    if (this.#idle < 0) return null;
    const fd = release(this.#idle);
    this.#idle = -1;
    this.#hasEnded = true;
    return { fd, head: null };
  }
}

/** Of a child that is gone: what is written to it goes nowhere, as with Node's. */
function ended() {
  const stream = new Writable({ __proto__: null, write: (_chunk, _encoding, callback) => callback() });
  stream.on('error', () => {});
  return stream.destroy();
}

module.exports = { Input };
