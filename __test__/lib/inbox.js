'use strict';
// A child's messages, none of which is missed: several may come in one turn.

class Inbox {
  #messages = [];
  #wanted = null;

  constructor(child) {
    child.on('message', (message, handle) => {
      this.#messages.push([message, handle]);
      this.#wanted?.();
    });
  }

  /** The next `count` messages as [message, handle]. */
  async take(count) {
    while (this.#messages.length < count) {
      await new Promise((resolve) => {
        this.#wanted = resolve;
      });
    }
    return this.#messages.splice(0, count);
  }

  /** The next message alone. */
  async next() {
    const [[message]] = await this.take(1);
    return message;
  }
}

module.exports = { Inbox };
