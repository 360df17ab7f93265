'use strict';
// Where bytes are carried to: one input of a command, which several outputs may go to. It comes to its end when the last of them has.

const { closeHeld, hold, release } = require('../../held');
const { openStream } = require('../inside');
const { giveAway } = require('../output');
const { STATE } = require('../state');

/** Of subprocesses that run, by their Run and then by the child's fd. */
const inlets = new WeakMap();

class Inlet {
  /** Ours, while no stream has it; else -1. */
  #fd;
  #stream;
  #writers = 0;

  constructor(fd, stream) {
    this.#fd = hold(fd);
    this.#stream = stream;
  }

  /** The other end of this fd is what the command reads from. */
  static ofFd(fd) {
    return new Inlet(fd, null);
  }

  /** The same each time, for as long as something goes there. */
  static of(subprocess, to) {
    const run = subprocess[STATE];
    const known = inlets.get(run) ?? new Map();
    inlets.set(run, known);
    if (!known.has(to)) {
      const given = giveAway(subprocess, to);
      // One that has ended has no input any more, and needs none.
      known.set(to, given === null ? new Inlet(-1, run.inputs[to]?.stream() ?? null) : new Inlet(given.fd, null));
    }
    return known.get(to);
  }

  addWriter() {
    this.#writers++;
  }

  removeWriter() {
    this.#writers--;
    if (this.#writers > 0) return;
    if (this.#stream !== null) this.#stream.end();
    else if (this.#fd >= 0) closeHeld(this.#fd);
    this.#fd = -1;
  }

  /** -1 when it is a stream. */
  get fd() {
    return this.#fd;
  }

  /** null when nobody reads there any more. */
  stream() {
    if (this.#fd >= 0) {
      this.#stream = openStream(release(this.#fd), false);
      this.#fd = -1;
    }
    return this.#stream;
  }
}

module.exports = { Inlet };
