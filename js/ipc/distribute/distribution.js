'use strict';
// Connections on their way from a server to workers.

const net = require('node:net');
const { codes, genericNodeError } = require('../../errors');
const { validateInteger, validateObject, validateOneOf } = require('../../validate');
const { Connection } = require('./connection');
const { policies } = require('./policies');
const { Takeover } = require('./takeover');
const { workerOf } = require('./worker-of');

const MAX_PENDING = 1024;

class Distribution {
  #server;
  #policyName;
  #policy;
  #maxPending;
  #takeover;
  /** By what the user knows it as. */
  #workers = new Map();
  /** Connections that are nobody's. */
  #pending = [];
  #refused = 0;
  #isClosed = false;
  #giveBack = (connection) => this.#returned(connection);

  constructor(server, workers, options = {}) {
    if (!(server instanceof net.Server)) throw new codes.ERR_INVALID_ARG_TYPE('server', 'net.Server', server);
    if (typeof workers?.[Symbol.iterator] !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('workers', 'Iterable', workers);
    validateObject(options, 'options');
    const { policy = 'round-robin', maxPending = MAX_PENDING } = options;
    validateOneOf(policy, 'options.policy', Object.keys(policies));
    validateInteger(maxPending, 'options.maxPending', 0, Number.MAX_SAFE_INTEGER);
    this.#server = server;
    this.#policyName = policy;
    this.#maxPending = maxPending;
    const wrapped = Array.from(workers, (one) => [one, workerOf(one)]);
    const Policy = policies[policy];
    this.#policy = Policy === null ? null : new Policy();
    this.#takeover = new Takeover(server, Policy === null, {
      onConnection: (socket) => this.#accept(socket),
      onShared: () => this.#eachWorker((worker) => worker.listen(server)),
    });
    for (const [one, worker] of wrapped) this.#join(one, worker);
  }

  /** A further worker. */
  add(worker) {
    this.#refuseIfClosed();
    if (this.#workers.has(worker)) return;
    this.#join(worker, workerOf(worker));
  }

  /**
   * It gets no more connections.
   * @returns {Promise<void>} when it has closed those that it has, or is gone
   */
  async remove(worker) {
    const found = this.#workers.get(worker);
    if (found === undefined) return;
    found.isLeaving = true;
    found.isReady = false;
    found.stopListening();
    while (!found.isIdle && !found.isGone) await change(found);
    this.#forget(worker, found);
  }

  /** How things stand. open: connections that a worker has, where it tells (not with 'kernel'). */
  stats() {
    const workers = [...this.#workers.values()].map(({ pid, isReady, open, offered, accepted }) => ({
      pid,
      isReady,
      open,
      offered: offered.size,
      accepted,
    }));
    return { policy: this.#policyName, pending: this.#pending.length, refused: this.#refused, workers };
  }

  /** The server is its owner's again: new connections, and those that wait for a worker, go to its own listeners. */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#takeover.end();
    for (const [one, worker] of [...this.#workers]) {
      worker.stopListening();
      if (worker.isIdle || worker.isGone) this.#forget(one, worker);
    }
    for (const connection of this.#pending.splice(0)) this.#release(connection);
  }

  #refuseIfClosed() {
    if (this.#isClosed) throw genericNodeError('The distribution is closed', { __proto__: null, code: 'ERR_PROCS_IPC_CLOSED' });
  }

  #eachWorker(action) {
    for (const worker of this.#workers.values()) if (!worker.isGone && !worker.isLeaving) action(worker);
  }

  #join(one, worker) {
    if (worker.isGone) throw new codes.ERR_INVALID_ARG_VALUE('worker', one, 'is gone already');
    this.#workers.set(one, worker);
    worker.on('room', () => this.#flush());
    worker.on('refused', (connection) => {
      this.#refused++;
      connection?.drop();
    });
    worker.on('gone', () => this.#forget(one, worker));
    if (this.#takeover.isShared) worker.listen(this.#server);
    this.#flush();
  }

  #forget(one, worker) {
    if (this.#workers.get(one) !== worker) return;
    this.#workers.delete(one);
    worker.leave();
  }

  #accept(socket) {
    const connection = new Connection(socket, this.#giveBack);
    if (this.#offer(connection)) return;
    if (this.#pending.length >= this.#maxPending) {
      this.#refused++;
      connection.drop();
      return;
    }
    this.#pending.push(connection);
  }

  /** Those that came first go first. */
  #returned(connection) {
    if (this.#isClosed) this.#release(connection);
    else if (!this.#offer(connection)) this.#pending.unshift(connection);
  }

  #flush() {
    while (this.#pending.length > 0 && this.#offer(this.#pending[0])) this.#pending.shift();
  }

  /** @returns {boolean} whether there was somebody to offer it to */
  #offer(connection) {
    if (this.#policy === null || connection.socket.destroyed) return connection.socket.destroyed;
    const ready = [];
    for (const worker of this.#workers.values()) if (worker.isReady && !worker.isGone) ready.push(worker);
    if (ready.length === 0) return false;
    this.#policy.pick(ready, connection).give(connection);
    return true;
  }

  #release(connection) {
    const socket = connection.release();
    if (socket.destroyed) return;
    socket.server = this.#server;
    if (!this.#server.emit('connection', socket)) socket.destroy();
    else socket.resume();
  }
}

/** Of what it has, or of whether it is there. */
function change(worker) {
  return new Promise((resolve) => {
    const done = () => {
      worker.off('room', done);
      worker.off('gone', done);
      resolve();
    };
    worker.on('room', done);
    worker.on('gone', done);
  });
}

module.exports = { Distribution };
