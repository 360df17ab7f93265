'use strict';
// Commands that end when they are told to: what happens meanwhile is then no matter of time.

/** A command that ends when its stdin does. */
const HELD = ['cat', []];

/** Keeps the subprocesses of held commands, in the order of their starts. */
class Gates {
  /** @type {import('..').Subprocess[]} */
  started = [];
  names = [];
  #wanted = [];

  /** For `onStart`. */
  note(name) {
    return (subprocess) => {
      this.started.push(subprocess);
      this.names.push(name);
      this.#wanted = this.#wanted.filter(({ count, resolve }) => this.started.length < count || resolve());
    };
  }

  /** When so many have been started. */
  async first(count) {
    if (this.started.length < count) await new Promise((resolve) => this.#wanted.push({ count, resolve }));
    return this.started;
  }

  /** Lets one end well. */
  open(at) {
    this.started[at].stdin.end();
  }

  /** One after the other, each as it comes, so many of them. */
  async openAll(count) {
    for (let at = 0; at < count; at++) {
      await this.first(at + 1);
      this.open(at);
    }
  }
}

module.exports = { Gates, HELD };
