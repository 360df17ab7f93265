'use strict';
// The broker as the process has it that started it: it runs on a thread of its own, and this is only how it is asked and ended.

const { EventEmitter } = require('node:events');
const { randomBytes } = require('node:crypto');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { reactor, register, unregister } = require('../../reactor');
const { version } = require('../../../package.json');
const { addressError } = require('../local/address');
const { connectBroker } = require('./client');
const { brokerError } = require('./errors');
const { OVERFLOWS, asPath, brokerOptions } = require('./options');

/** What the addon counts, in its order: src/ipc/broker/counters.rs. */
const COUNTERS = [
  'clients',
  'subscriptions',
  'retained',
  'published',
  'direct',
  'delivered',
  'bytes',
  'dropped',
  'queued',
  'queuedBytes',
  'cutOff',
  'refused',
];

/** Those that run: with process.exit() nothing of the addon's is asked any more. */
const running = new Set();

function endAll() {
  for (const native of running) native.end();
}

function watchExit(native) {
  if (running.size === 0) process.on('exit', endAll);
  running.add(native);
}

function unwatchExit(native) {
  running.delete(native);
  if (running.size === 0) process.off('exit', endAll);
}

class Broker extends EventEmitter {
  #native;
  #address;
  #counters = new Float64Array(COUNTERS.length);
  #isClosing = false;
  #isOver = false;
  #over;

  constructor(given) {
    const options = brokerOptions(given);
    super();
    this.#address = listeningAddress(options);
    this.#native = open(this.#address, options);
    this.#over = new Promise((resolve) => register(this.#native.id, { onEnd: (status) => resolve(this.#end(status)) }));
    if (!options.ref) this.#native.unref();
    watchExit(this.#native);
  }

  get address() {
    return this.#address;
  }

  get isClosed() {
    return this.#isClosing || this.#isOver;
  }

  stats() {
    // After its end as well: the last state is the true one.
    this.#native.stats(this.#counters);
    const stats = {};
    COUNTERS.forEach((name, at) => {
      stats[name] = this.#counters[at];
    });
    return stats;
  }

  connect(options) {
    return connectBroker(this.#address, options);
  }

  close() {
    if (!this.#isClosing && !this.#isOver) {
      this.#isClosing = true;
      // Whoever waits for the end wants to see it.
      this.#native.ref();
      this.#native.close();
    }
    return this.#over;
  }

  ref() {
    if (!this.#isOver) this.#native.ref();
    return this;
  }

  unref() {
    if (!this.#isOver) this.#native.unref();
    return this;
  }

  #end(status) {
    this.#isOver = true;
    this.#native.forget();
    unwatchExit(this.#native);
    unregister(this.#native.id);
    const error = status < 0 ? brokerError('ERR_PROCS_BROKER_CRASHED', "The broker's thread has crashed: stderr says how") : null;
    process.nextTick(() => this.emit('close', error));
  }
}

// Missing in the vm contexts of Node 20, where Jest runs modules.
if (Symbol.asyncDispose) {
  Broker.prototype[Symbol.asyncDispose] = function () {
    return this.close();
  };
}

function listeningAddress({ path: file, name }) {
  if (file !== undefined) return asPath(path.resolve(file));
  if (name !== undefined) return `@${name}`;
  // Nobody else can guess it; who may connect is checked all the same.
  const unguessable = `procs-${process.pid}-${randomBytes(16).toString('hex')}`;
  return process.platform === 'linux' ? `@${unguessable}` : path.join(tmpdir(), `${unguessable}.sock`);
}

function open(address, options) {
  const { maxQueued, maxQueuedBytes, maxClients, maxRetained, maxRetainedBytes, maxSubscriptions, maxFrame } = options;
  const limits = Float64Array.of(maxQueued, maxQueuedBytes, maxClients, maxRetained, maxRetainedBytes, maxSubscriptions, maxFrame);
  const status = new Int32Array(1);
  const overflow = OVERFLOWS.indexOf(options.overflow);
  const native = reactor().openBroker(address, limits, overflow, Uint32Array.from(options.allowUids), `@x/procs/${version}`, status);
  if (native === null) throw addressError(status[0], 'listen', address);
  return native;
}

/**
 * @param {object} [options] see BrokerOptions in ../index.d.ts
 * @returns {Broker} which listens already
 */
function createBroker(options) {
  return new Broker(options);
}

module.exports = { Broker, createBroker };
