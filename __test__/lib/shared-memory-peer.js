'use strict';
// Another process that has memory of a name. On Node's own fork, which is not what is tested.

const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { cleanEnv, fixtures } = require('./run-node.js');

class Peer {
  #child;
  #last = 0;
  #pending = new Map();

  static async start() {
    const child = fork(path.join(fixtures, 'ipc-shared-memory/peer.js'), { env: cleanEnv(), execArgv: [] });
    await once(child, 'message');
    return new Peer(child);
  }

  constructor(child) {
    this.#child = child;
    child.on('message', ([id, error, result]) => {
      const { resolve, reject } = this.#pending.get(id);
      this.#pending.delete(id);
      if (error) reject(Object.assign(new Error(error.message), { code: error.code }));
      else resolve(result);
    });
  }

  /** What the command of that name in fixtures/ipc-shared-memory/peer.js gives. */
  ask(name, ...args) {
    return new Promise((resolve, reject) => {
      this.#pending.set(++this.#last, { resolve, reject });
      this.#child.send([this.#last, name, ...args]);
    });
  }

  async kill() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

module.exports = { Peer };
