'use strict';
// One end of a channel, as users have it. What it does is in the other files; here are its words.

const { EventEmitter } = require('node:events');
const { AbortError } = require('../../errors');
const { validateFunction } = require('../../validate');
const { alloc, release } = require('../slab');
const { Link } = require('./link');
const { channelOptions, requestOptions, sendOptions } = require('./options');

/** To be passed by whoever may make one: they come out of fork(), run(), listen(), connect() and `parent`. */
const KEY = Symbol('channel');
const LINK = Symbol('link');

class Channel extends EventEmitter {
  #link;
  #given;

  /** @internal */
  constructor(key, fd, options, role) {
    if (key !== KEY) throw new TypeError('A Channel is made by fork(), run(), listen() or connect()');
    super();
    this.#given = options;
    this.#link = new Link(this, fd, channelOptions(options), role);
    super.on('newListener', (name) => this.#listenersChange(name, 1));
    super.on('removeListener', (name) => this.#listenersChange(name, 0));
  }

  #listenersChange(name, added) {
    const link = this.#link;
    if (name === 'message') {
      const count = this.listenerCount('message') + added;
      link.inbox.listenersChanged(count);
      if (count > 0) link.responder.listens();
    } else if (name === 'close') {
      link.watch(this.listenerCount('close') + added > 0);
    }
  }

  send(message, options) {
    const link = this.#link;
    if (link.isClosing) return rejected(link.closedError());
    const refusal = link.transmitter.refusal();
    if (refusal !== null) return refusal;
    const check = link.options.checks.send;
    if (options === undefined && check === null) return link.transmitter.message(message);
    const checked = sendOptions(options);
    if (checked.handle !== undefined && checked.handle !== null) return link.sendWithHandle(message, checked);
    return quiet(link.transmitter.transmit('M', message, checked, check) ?? link.outbox.receipt);
  }

  request(message, options) {
    const link = this.#link;
    if (options === undefined && link.isQuick) return link.quickRequest(message);
    const checked = requestOptions(options);
    if (link.isClosing) return rejected(link.closedError(), false);
    const refusal = link.transmitter.refusal();
    if (refusal !== null) return refusal;
    const { signal } = checked;
    if (signal?.aborted) return rejected(new AbortError(undefined, { cause: signal.reason }), false);
    return link.request(message, checked);
  }

  onRequest(handler) {
    if (handler !== null) validateFunction(handler, 'handler');
    this.#link.responder.setHandler(handler);
    this.#link.onActivity();
    return this;
  }

  [Symbol.asyncIterator]() {
    return messagesOf(this.#link.inbox.iterate());
  }

  configure(options) {
    const given = { ...this.#given, ...options };
    this.#link.configure(channelOptions(given));
    this.#given = given;
    return this;
  }

  get peer() {
    const { peer, credentials } = this.#link;
    return peer === null ? null : { ...peer, ...credentials };
  }

  get transport() {
    return this.#link.transport;
  }

  get isClosed() {
    return this.#link.isClosing;
  }

  get queuedBytes() {
    return this.#link.outbox.queuedBytes;
  }

  /** @internal Whether a message can fail for another reason than the end of the channel. */
  get mayRefuse() {
    const { checks, overflow } = this.#link.options;
    return checks.send !== null || overflow === 'reject';
  }

  get needsDrain() {
    return this.#link.outbox.isFull;
  }

  alloc(size) {
    return alloc(size, this.#link.isClosed ? undefined : this.#link.wire);
  }

  release(buffer) {
    return release(buffer);
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
    return this.#link.sayGoodbye();
  }

  destroy(error = null) {
    this.#link.close(error, error !== null);
    return this;
  }

  /** @internal */
  get [LINK]() {
    return this.#link;
  }
}

// Missing in the vm contexts of Node 20, where Jest runs modules.
if (Symbol.asyncDispose) {
  Channel.prototype[Symbol.asyncDispose] = function () {
    return this.close();
  };
}

async function* messagesOf(iterator) {
  for await (const { message, handle } of iterator) {
    // Whoever wants handles listens to 'message'.
    handle?.close?.();
    yield message;
  }
}

/** The end of the channel is told by 'close': a send() that fails with it is not unhandled by that. */
function quiet(promise) {
  promise.catch(ignore);
  return promise;
}

function rejected(error, isQuiet = true) {
  const promise = Promise.reject(error);
  return isQuiet ? quiet(promise) : promise;
}

function ignore() {}

/**
 * @param {number} fd a Unix stream socket; ours from here on, also where this throws
 * @param {object | undefined} options see ChannelOptions in ../index.d.ts
 * @param {{ isParent?: boolean, pid?: number }} [role] see Link
 * @returns {Channel}
 */
function openChannel(fd, options, role = {}) {
  return new Channel(KEY, fd, options, role);
}

/** What the rest of js/ipc works with. @param {Channel} channel */
function linkOf(channel) {
  return channel[LINK];
}

module.exports = { Channel, linkOf, openChannel };
