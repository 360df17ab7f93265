'use strict';
// Writes sources into one of the child's inputs, one after the other, no faster than the child reads.

const { isUint8Array } = require('util').types;
const errors = require('../../errors');
const { sourceOf } = require('./sources');

class Feed {
  #run;
  #socket;
  #targets;
  /** The source that is read now. */
  #current = null;
  #isStopped = false;
  #wake = null;

  constructor(run, socket, targets) {
    this.#run = run;
    this.#socket = socket;
    this.#targets = targets.filter(({ kind }) => kind !== 'pipe');
  }

  begin() {
    const wake = () => this.#wake?.();
    this.#socket.on('drain', wake).on('close', wake);
    this.#all().catch((error) => {
      if (this.#isStopped) return;
      this.#isStopped = true;
      this.#run.fail(error);
    });
  }

  async #all() {
    for (const target of this.#targets) {
      if (this.#isStopped) return;
      this.#current = sourceOf(target, this.#run.settings);
      await this.#one(this.#current);
      this.#current = null;
    }
    if (!this.#isStopped) this.#socket.end();
  }

  async #one(source) {
    while (!this.#isStopped) {
      const { done, value } = await source.next();
      if (done || this.#isStopped) return;
      if (!this.#write(value)) await this.#room();
    }
  }

  #write(chunk) {
    if (typeof chunk !== 'string' && !isUint8Array(chunk)) {
      this.#current.stop();
      throw new errors.codes.ERR_INVALID_ARG_TYPE('chunk', ['string', 'Uint8Array'], chunk);
    }
    if (chunk.length === 0) return true;
    return this.#socket.write(chunk);
  }

  #room() {
    if (this.#isStopped || this.#socket.destroyed) return undefined;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Nobody reads any more. What the source still had is not asked for. */
  stop() {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#wake?.();
    this.#current?.stop();
  }
}

module.exports = { Feed };
