'use strict';
// A server whose connections are not for its own listeners for a while.

const { codes } = require('../../errors');
const { native } = require('../../native');
const { adopt } = require('../../node_channel');

class Takeover {
  #server;
  #onConnection;
  #onShared;
  /** What the server had before. */
  #listeners;
  #pauseOnConnect;
  #onListening = () => this.#share();
  #isOver = false;
  /** The server's socket is the workers' alone. */
  isShared = false;

  /**
   * @param {import('node:net').Server} server
   * @param {boolean} shares whether the workers listen themselves
   * @param {{ onConnection(socket: object): void, onShared(): void }} told
   */
  constructor(server, shares, { onConnection, onShared }) {
    this.#server = server;
    this.#onConnection = onConnection;
    this.#onShared = onShared;
    if (shares) {
      if (server.listening) this.#share();
      server.on('listening', this.#onListening);
      return;
    }
    this.#pauseOnConnect = server.pauseOnConnect;
    this.#listeners = server.rawListeners('connection');
    server.removeAllListeners('connection');
    // What a client sends is for the worker.
    server.pauseOnConnect = true;
    server.on('connection', this.#onConnection);
  }

  /**
   * Its handle is replaced by one on the same socket that does not accept. The first one is closed, since there is no other way to have libuv
   * leave a listening socket alone.
   */
  #share() {
    const server = this.#server;
    if (typeof server.address() === 'string') {
      throw new codes.ERR_INVALID_ARG_VALUE('server', server, "listens on a path, which cannot be shared by policy 'kernel'");
    }
    const fd = native().duplicate(server._handle.fd);
    if (fd < 0) throw new codes.ERR_INVALID_ARG_VALUE('server', server, 'has no descriptor that could be shared');
    const { _handle: before } = server;
    server._handle = adopt(fd, 'net.Server');
    before.onconnection = null;
    before.close();
    this.isShared = true;
    this.#onShared();
  }

  end() {
    if (this.#isOver) return;
    this.#isOver = true;
    const server = this.#server;
    server.off('listening', this.#onListening);
    if (this.#listeners !== undefined) {
      server.off('connection', this.#onConnection);
      for (const listener of this.#listeners) server.on('connection', listener);
      server.pauseOnConnect = this.#pauseOnConnect;
    } else if (this.isShared && server._handle) {
      // Accepts again.
      this.isShared = false;
      server._listen2(null, null, null);
    }
  }
}

module.exports = { Takeover };
