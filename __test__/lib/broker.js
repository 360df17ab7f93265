'use strict';
// Brokers for tests, and clients of them that are nothing but a socket.

const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { createBroker } = require('../../js/ipc');

const open = [];
let folder;

/** A path that is free. */
function freePath() {
  folder ??= fs.mkdtempSync(path.join(os.tmpdir(), 'procs-broker-'));
  return path.join(folder, `${open.length}-${Math.random().toString(36).slice(2)}.sock`);
}

/** One that afterEach closes, at a path: Node's own sockets do not find abstract names on every version. */
function startBroker(options) {
  const broker = createBroker({ path: freePath(), ...options });
  open.push(() => broker.close());
  return broker;
}

/** To be called by afterEach: all that was started here ends. */
async function closeAll() {
  for (const close of open.splice(0).reverse()) await close();
  if (folder !== undefined) fs.rmSync(folder, { recursive: true });
  folder = undefined;
}

class RawClient {
  /** Lines that came, segments in between as they are. */
  lines = [];
  #rest = '';
  #watchers = new Set();

  constructor(address, hello) {
    this.socket = net.connect(address);
    this.socket.setEncoding('latin1').on('data', (text) => {
      const parts = (this.#rest + text).split('\n');
      this.#rest = parts.pop();
      this.lines.push(...parts);
      for (const look of this.#watchers) look();
    });
    // Cut off in the middle of writing.
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    open.push(() => this.socket.destroy());
    if (hello !== null) this.send(`H:${JSON.stringify({ protocol: 'procs', version: 1, ...hello })}\n`);
  }

  /** @param {string | Uint8Array} text */
  send(text) {
    this.socket.write(text);
    return this;
  }

  /** The first line that matches, now or later. */
  line(pattern) {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.lines.find((line) => pattern.test(line));
        if (found === undefined) return;
        this.#watchers.delete(look);
        resolve(found);
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Lines of this kind. */
  of(kind) {
    return this.lines.filter((line) => line.startsWith(kind));
  }

  /** Why it was cut off. */
  async goodbye() {
    await this.closed;
    const last = this.lines.at(-1);
    return last?.startsWith('X:') ? JSON.parse(last.slice(2)) : last;
  }
}

/** A client that has been taken in, or not: hello null for none. */
function connectRaw({ address }, hello = {}) {
  return new RawClient(address, hello);
}

/**
 * What the broker has counted, once that is as expected: its thread counts what it has written when the reader may have it already.
 * @param {(stats: object) => boolean} isDone
 */
async function counted(broker, isDone) {
  const deadline = Date.now() + 30_000;
  while (!isDone(broker.stats()) && Date.now() < deadline) await new Promise(setImmediate);
  return broker.stats();
}

module.exports = { closeAll, connectRaw, counted, freePath, startBroker };
