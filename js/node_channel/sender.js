'use strict';
// What child.send() does: a message is written, alone or with a handle. Only one handle is on its way at a time; until the peer has
// acknowledged it, everything behind it waits in child._handleQueue, so that order is kept.

const { codes } = require('../errors');
const { types, typeOf } = require('./handles');

const DEFAULTS = { __proto__: null, keepOpen: false, swallowErrors: false };
const QUIET = { __proto__: null, keepOpen: false, swallowErrors: true };
/** How often a handle that got lost (MSG_CTRUNC: the peer was out of descriptors) is sent again. */
const RETRANSMISSIONS = 3;

class Sender {
  #link;
  #target;
  #outbox;

  constructor(link, target, outbox) {
    this.#link = link;
    this.#target = target;
    this.#outbox = outbox;
    target._handleQueue = null;
    target._pendingMessage = null;
  }

  /** Returns whether the peer keeps up. */
  send(message, handle, options, callback) {
    validate(message);
    if (options === undefined || options === null) options = DEFAULTS;
    else if (typeof options === 'boolean') options = options ? QUIET : DEFAULTS;
    if (handle) return this.#sendWithHandle(message, handle, options, callback);
    if (this.#target._handleQueue && !isAnswer(message)) return this.#enqueue(message, null, options, callback);
    return this.#sendText(message, options, callback);
  }

  /** The peer has received the handle (NODE_HANDLE_ACK), or the message without it (NODE_HANDLE_NACK). */
  onAnswer(isReceived) {
    const target = this.#target;
    const queue = target._handleQueue;
    // Node asserts that there is one; a peer that answers what nobody asked is left alone.
    if (!Array.isArray(queue)) return;
    const pending = target._pendingMessage;
    if (pending) {
      if (!isReceived && pending.retransmissions++ < RETRANSMISSIONS && this.#retransmit(pending)) return;
      this.closePendingHandle();
      if (!isReceived) process.emitWarning('Handle did not reach the receiving process correctly', 'SentHandleNotReceivedWarning');
    }
    target._handleQueue = null;
    for (const { message, handle, options, callback } of queue) this.#sendQueued(message, handle, options, callback);
  }

  closePendingHandle() {
    const pending = this.#target._pendingMessage;
    if (!pending) return;
    this.#target._pendingMessage = null;
    pending.handle.close();
  }

  /** The channel is gone: no answer will come. */
  close() {
    this.closePendingHandle();
    const queue = this.#target._handleQueue;
    this.#target._handleQueue = null;
    for (const { callback } of queue ?? []) {
      if (typeof callback === 'function') process.nextTick(callback, new codes.ERR_IPC_CHANNEL_CLOSED());
    }
  }

  #sendText(message, { swallowErrors }, callback) {
    this.#outbox.send(message, callback, swallowErrors);
    return this.#outbox.keepsUp;
  }

  #sendWithHandle(message, value, options, callback) {
    const target = this.#target;
    const type = typeOf(value);
    if (target._handleQueue) return this.#enqueue(message, value, options, callback);

    const { send, leaves } = types[type];
    const envelope = { cmd: 'NODE_HANDLE', type, msg: message };
    const handle = send(value, envelope, this.#link, options);
    // Sent before, or closed.
    if (!handle) return this.#sendText(message, options, callback);

    const status = this.#outbox.sendWithHandle(envelope, handle.fd, callback, options.swallowErrors);
    const isOurs = leaves && !options.keepOpen;
    if (status < 0) {
      if (isOurs) handle.close();
    } else {
      target._handleQueue ??= [];
      if (isOurs) target._pendingMessage = { envelope, handle, retransmissions: 0 };
    }
    return this.#outbox.keepsUp;
  }

  #retransmit({ envelope, handle }) {
    return this.#outbox.sendWithHandle(envelope, handle.fd, undefined, true) === 0;
  }

  #enqueue(message, handle, options, callback) {
    const queue = this.#target._handleQueue;
    queue.push({ message, handle, options, callback });
    return queue.length === 1;
  }

  /** There is no caller to throw at any more, and what is behind it in the queue must still go out. */
  #sendQueued(message, handle, options, callback) {
    try {
      this.#target._send(message, handle, options, callback);
    } catch (error) {
      if (typeof callback === 'function') process.nextTick(callback, error);
      else process.nextTick(() => this.#target.emit('error', error));
    }
  }
}

function validate(message) {
  if (message === undefined) throw new codes.ERR_MISSING_ARGS('message');
  const type = typeof message;
  if (type !== 'object' && type !== 'string' && type !== 'number' && type !== 'boolean') {
    throw new codes.ERR_INVALID_ARG_TYPE('message', ['string', 'object', 'number', 'boolean'], message);
  }
}

/** Answers to the peer's handles must not wait for its answers to ours: both would wait for ever. */
function isAnswer(message) {
  return message !== null && (message.cmd === 'NODE_HANDLE_ACK' || message.cmd === 'NODE_HANDLE_NACK');
}

module.exports = { Sender };
