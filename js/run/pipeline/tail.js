'use strict';
// The steps behind the last command: a stream that takes its output, or a function that does something with it.

const { composeTail, isOutput, leave } = require('./transform');

/** Reads nothing before it is asked to, so that whoever iterates over the pipeline can do the reading. */
class Tail {
  hasEnded = false;
  isTaken = false;
  #source;
  #open;

  constructor(source, steps) {
    this.#source = source;
    this.#open = composeTail(source, steps);
  }

  /** What the last step gives, item by item. Either this or finish(), and once. */
  async *items() {
    this.isTaken = true;
    try {
      const output = await this.#open();
      if (isOutput(output)) yield* output;
    } finally {
      this.#ended();
    }
  }

  /** @returns {Promise<any>} what the function returned; of an iterable, all that came */
  async finish() {
    this.isTaken = true;
    try {
      const output = await this.#open();
      if (!isOutput(output)) return output;
      const items = [];
      for await (const item of output) items.push(item);
      return items;
    } finally {
      this.#ended();
    }
  }

  #ended() {
    this.hasEnded = true;
    leave(this.#source);
  }
}

module.exports = { Tail };
