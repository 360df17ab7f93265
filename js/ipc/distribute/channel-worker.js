'use strict';
// A worker at the other end of a Channel. Each connection is a request with a handle: it is answered by a stream, whose beginning says that the
// worker has it, and whose end that it is closed.

const { linkOf } = require('../channel');
const { HandOver } = require('../handles');
const { Worker } = require('./worker');

class ChannelWorker extends Worker {
  #link;
  #listening = null;
  #onClose = () => this.goneNow();
  /** It has looked for its channel. What comes before it attaches a server waits there. */
  #onOpen = () => this.isReadyNow();

  constructor(channel, pid) {
    super();
    this.pid = pid ?? linkOf(channel).pid;
    this.channel = channel;
    this.#link = linkOf(channel);
    channel.once('close', this.#onClose);
    channel.on('open', this.#onOpen);
    if (channel.isClosed) this.goneNow();
    else if (channel.peer) this.isReady = true;
  }

  offer(connection) {
    let isTaken = false;
    const handle = new HandOver(connection.socket, 'connection', (hasArrived) => {
      isTaken = hasArrived;
      if (hasArrived) this.took(connection);
    });
    this.#link.handOver(handle).then(
      (stream) => this.#untilClosed(stream),
      (error) => {
        if (isTaken) this.closedOne();
        else this.#refused(connection, error);
      },
    );
  }

  async #untilClosed(stream) {
    try {
      for await (const _ of stream);
    } catch {
      // The worker is gone, and with it the connection: told by 'close'.
    }
    if (!this.isGone) this.closedOne();
  }

  #refused(connection, error) {
    // With the end of the channel all are given back, in their order.
    if (this.channel.isClosed || this.isGone) return;
    if (error.isDetached) {
      // It has detached its server.
      this.isReady = false;
      this.missed(connection);
      return;
    }
    if (connection.failed()) this.missed(connection);
    else if (this.offered.delete(connection)) this.emit('refused', connection);
  }

  /** @param {object} server a net.Server, whose socket it listens on from now on */
  listen(server) {
    this.#listening = new AbortController();
    const handle = new HandOver(server, 'server', () => {});
    const { signal } = this.#listening;
    this.#link.handOver(handle, signal).then(
      async (stream) => {
        try {
          for await (const _ of stream);
        } catch {
          // As above.
        }
      },
      (error) => {
        if (!signal.aborted && !this.isGone) this.emit('refused', null, error);
      },
    );
  }

  /** It keeps the connections that it has. */
  stopListening() {
    this.#listening?.abort();
    this.#listening = null;
  }

  leave() {
    this.channel.off('close', this.#onClose);
    this.channel.off('open', this.#onOpen);
  }
}

module.exports = { ChannelWorker };
