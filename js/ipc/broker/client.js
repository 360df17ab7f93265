'use strict';
// A client of a broker, as users have it. What it does is in the other files; here are its words.

const { EventEmitter } = require('node:events');
const { AbortError } = require('../../errors');
const { validateFunction } = require('../../validate');
const { Link } = require('./link');
const { addressOf, broadcastOptions, clientOptions, publishOptions, requestOptions, subscriptionOptions } = require('./options');
const { validatePattern, validateReceiver, validateTopic } = require('./topic');

/** To be passed by whoever may make one: connectBroker() does, and `broker`. */
const KEY = Symbol('client');

class BrokerClient extends EventEmitter {
  #link;
  #address;
  #closed;
  /** The last one that was found to be one: most publish to the same again. */
  #topic = null;

  /** @internal */
  constructor(key, address, options) {
    if (key !== KEY) throw new TypeError('A BrokerClient is made by connectBroker()');
    super();
    this.#address = address;
    this.#link = new Link(this, address, options);
    this.#closed = new Promise((resolve) => super.once('close', () => resolve()));
    super.on('newListener', (name) => this.#listenersChange(name, true));
    super.on('removeListener', (name) => this.#listenersChange(name, false));
  }

  #listenersChange(name, comes) {
    if (name !== 'message') return;
    if (comes) this.#link.listenerComes();
    // It is there, or gone, only when this turn goes on.
    process.nextTick(activity, this.#link);
  }

  get address() {
    return this.#address;
  }

  get name() {
    return this.#link.name;
  }

  get ready() {
    return this.#link.ready;
  }

  get isClosed() {
    return this.#link.isClosed;
  }

  get dropped() {
    return this.#link.dropped;
  }

  get queuedBytes() {
    return this.#link.queuedBytes;
  }

  get needsDrain() {
    return this.#link.needsDrain;
  }

  subscribe(pattern, listener, options) {
    validatePattern(pattern);
    let heard = listener;
    let given = options;
    if (listener !== null && typeof listener === 'object') {
      heard = undefined;
      given = listener;
    }
    if (heard !== undefined && heard !== null) validateFunction(heard, 'listener');
    const checked = subscriptionOptions(given);
    if (this.#link.isClosed) throw this.#link.closedError();
    return this.#link.subscribe(pattern, heard ?? null, checked);
  }

  publish(topic, message, options) {
    if (topic !== this.#topic) {
      validateTopic(topic);
      this.#topic = topic;
    }
    if (options === undefined) return this.#send('P', topic, message, false);
    const { retain, ack } = publishOptions(options);
    return this.#send('P', retain ? `${topic}!` : topic, message, ack);
  }

  forget(topic) {
    validateTopic(topic);
    return this.#ask((id) => {
      this.#link.outgoing.bare(`P${id}`, `${topic}!`);
    }).then(ignore);
  }

  broadcast(message, options) {
    return this.#send('G', '', message, broadcastOptions(options).ack);
  }

  sendTo(name, message) {
    validateReceiver(name);
    return this.#send('G', name, message, true).then(ignore);
  }

  request(name, message, options) {
    validateReceiver(name);
    const checked = requestOptions(options);
    const link = this.#link;
    if (link.isClosed) return Promise.reject(link.closedError());
    if (checked.signal?.aborted) return Promise.reject(new AbortError(undefined, { cause: checked.signal.reason }));
    return link.requests.request(link.nextId(), name, message, checked);
  }

  onRequest(handler) {
    if (handler !== null) validateFunction(handler, 'handler');
    this.#link.requests.setHandler(handler);
    this.#link.onActivity();
    return this;
  }

  ref() {
    this.#link.setReferenced(true);
    return this;
  }

  unref() {
    this.#link.setReferenced(false);
    return this;
  }

  close() {
    this.#link.close();
    return this.#closed;
  }

  /** @returns {Promise<void | { receivers: number }>} */
  #send(kind, target, message, ack) {
    const link = this.#link;
    if (ack) {
      return this.#ask((id) => link.outgoing.send(`${kind}${id}`, target, message));
    }
    if (link.isClosed) return rejected(link.closedError());
    // Nobody else hears of what is thrown here, which is the message's fault.
    return quiet(link.outgoing.send(kind, target, message) ?? link.receipt);
  }

  /** Sends by `send`, which throws before anything is sent. */
  #ask(send) {
    const link = this.#link;
    if (link.isClosed) return Promise.reject(link.closedError());
    const id = link.nextId();
    const waits = send(id);
    const answer = link.acknowledged(id);
    // What has to wait for something may still fail.
    return waits === undefined ? answer : Promise.race([answer, waits.then(() => answer)]);
  }
}

// Missing in the vm contexts of Node 20, where Jest runs modules.
if (Symbol.asyncDispose) {
  BrokerClient.prototype[Symbol.asyncDispose] = function () {
    return this.close();
  };
}

function activity(link) {
  link.onActivity();
}

/** The end of the connection is told by 'close': what fails with it is not unhandled by that. */
function quiet(promise) {
  promise.catch(ignore);
  return promise;
}

function rejected(error) {
  return quiet(Promise.reject(error));
}

function ignore() {}

/**
 * @param {string | { address: string } | { path: string } | { name: string }} address
 * @param {object} [options] see BrokerClientOptions in ../index.d.ts
 * @returns {BrokerClient} that may not be welcome yet, see `ready`
 */
function openClient(address, options) {
  return new BrokerClient(KEY, addressOf(address), clientOptions(options));
}

/** @returns {Promise<BrokerClient>} */
async function connectBroker(address, options) {
  const client = openClient(address, options);
  await client.ready;
  return client;
}

module.exports = { BrokerClient, connectBroker, openClient };
