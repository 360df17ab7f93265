'use strict';
// Ties a child, or in the child `process`, to the native channel: what is sent, what comes in, and how it ends.

const { AsyncResource } = require('node:async_hooks');
const { constants } = require('node:os');
const { inspect } = require('node:util');
const { register, unregister } = require('../reactor');
const advanced = require('./codec/advanced');
const json = require('./codec/json');
const { Control } = require('./control');
const { channelGarbage, receivedTooLarge } = require('./errors');
const { types } = require('./handles');
const { adopt } = require('./handles/adopt');
const { ReceivedSockets, SentSockets } = require('./handles/shared_sockets');
const { Delivery, Inbox, Unreadable } = require('./inbox');
const { attach } = require('./methods');
const { Outbox } = require('./outbox');
const { Sender } = require('./sender');

const { EMSGSIZE } = constants.errno;
const INTERNAL_PREFIX = 'NODE_';

class Link {
  #target;
  #native;
  #codec;
  #control;
  #outbox;
  #inbox;
  #sender;
  #maybeClose;
  /** What comes in belongs to the context of the spawn, as it does with Node's own handle. */
  #scope = new AsyncResource('PIPEWRAP', { requireManualDestroy: true });
  #sentSockets = { __proto__: null };
  #receivedSockets = { __proto__: null };
  #accept = (message) => this.#take(message);
  /** disconnect() was called in the middle of a message. */
  #waitsForMessage = false;
  /** What still comes in is not looked at. */
  #isDeaf = false;
  #isClosed = false;
  #isAnnounced = false;

  /**
   * @param {import('node:events').EventEmitter} target
   * @param {import('../native').Channel} native in the mode of the serialization
   * @param {'json' | 'advanced'} serialization
   * @param {(target: object) => void} maybeClose called once, when the peer's end is closed
   * @param {number} eager see Outbox
   */
  constructor(target, native, serialization, maybeClose, eager) {
    this.#target = target;
    this.#codec = codecOf(serialization);
    this.#maybeClose = maybeClose;
    this.#native = native;
    this.#control = new Control(this.#native);
    this.#outbox = new Outbox(this.#native, new this.#codec.Batch(), this.#control, (error) => target.emit('error', error), eager);
    this.#inbox = new Inbox(
      target,
      (message, handle) => this.#onInternal(message, handle),
      (error) => this.#giveUp(error),
    );
    this.#sender = new Sender(this, target, this.#outbox);
    attach(target, this, this.#sender);
    register(this.#native.id, this);
    this.#native.readStart();
  }

  get control() {
    return this.#control;
  }

  // Called by the reactor.

  onMessages(text, count) {
    this.#scope.runInAsyncScope(this.#receive, this, text, count);
  }

  onFrames(frames, count) {
    this.#scope.runInAsyncScope(this.#receive, this, frames, count);
  }

  onWritten(count, status) {
    this.#outbox.onWritten(count, status);
  }

  onEnd(status) {
    this.#scope.runInAsyncScope(this.#end, this, status);
  }

  // Connections of our servers over there, and of their servers over here, by the server's key.

  hasSentSockets(key) {
    return key in this.#sentSockets;
  }

  sentSockets(key) {
    this.#sentSockets[key] ??= new SentSockets(this.#target, key);
    return this.#sentSockets[key];
  }

  receivedSockets(key) {
    this.#receivedSockets[key] ??= new ReceivedSockets(this.#target, key);
    return this.#receivedSockets[key];
  }

  /** Ends the channel from this side. What was sent goes out first, as far as the kernel takes it now. */
  disconnect() {
    this.#target.channel = null;
    this.#sender.closePendingHandle();
    this.#outbox.flush();
    // A message that is half here is waited for, and delivered.
    if (this.#native.isMidway()) this.#waitsForMessage = true;
    else process.nextTick(finish, this);
  }

  finish() {
    if (this.#isAnnounced) return;
    // A listener threw: the messages behind it come in the next tick, and before 'disconnect'.
    if (!this.#inbox.isEmpty) {
      process.nextTick(finish, this);
      return;
    }
    this.#isAnnounced = true;
    this.#close();
    this.#target.emit('disconnect');
  }

  #receive(data, count) {
    if (this.#isDeaf) return;
    const garbage = this.#codec.decode(data, count, this.#accept);
    if (garbage) this.#stopReading(garbage);
    if (this.#waitsForMessage) process.nextTick(finish, this);
  }

  #take(message) {
    if (!isInternal(message)) {
      this.#inbox.push(message);
      return;
    }
    const handle = message.cmd === 'NODE_HANDLE' ? this.#takeHandle(message.type) : undefined;
    this.#inbox.push(new Delivery('internalMessage', message, handle));
  }

  #takeHandle(type) {
    const fd = this.#native.takeHandle();
    return fd < 0 ? undefined : adopt(fd, type);
  }

  #onInternal(message, handle) {
    const { cmd } = message;
    if (cmd === 'NODE_HANDLE') {
      this.#onHandle(message, handle);
    } else if (cmd === 'NODE_HANDLE_ACK' || cmd === 'NODE_HANDLE_NACK') {
      this.#sender.onAnswer(cmd === 'NODE_HANDLE_ACK');
      const target = this.#target;
      // A disconnect() that has waited for the queue.
      if (!target.connected && target.channel && !target._handleQueue) target._disconnect();
    }
  }

  #onHandle(message, handle) {
    const target = this.#target;
    if (target.channel === null) {
      handle?.close();
      return;
    }
    // Not for the user, who has not sent it: errors are swallowed.
    target._send({ cmd: handle ? 'NODE_HANDLE_ACK' : 'NODE_HANDLE_NACK' }, null, true);
    if (!handle) return;
    try {
      types[message.type].receive(handle, message, this, (value) => {
        this.#inbox.push(new Delivery(isInternal(message.msg) ? 'internalMessage' : 'message', message.msg, value));
      });
    } catch (error) {
      handle.close();
      this.#stopReading(channelGarbage(error, inspect(message)));
    }
  }

  /** What was understood is delivered first. */
  #stopReading(error) {
    this.#isDeaf = true;
    this.#native.readStop();
    this.#inbox.push(new Unreadable(error));
  }

  #giveUp(error) {
    this.#hangUp();
    this.#target.emit('error', error);
  }

  #end(status) {
    if (status === -EMSGSIZE) this.#stopReading(receivedTooLarge());
    else this.#hangUp();
  }

  /** The peer will not be heard any more. 'disconnect' in the next tick, and 'close' if it was waiting for this alone. */
  #hangUp() {
    if (this.#isClosed) return;
    const target = this.#target;
    target.connected = false;
    target.channel = null;
    process.nextTick(finish, this);
    this.#close();
    this.#maybeClose(target);
  }

  #close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isDeaf = true;
    this.#outbox.close();
    this.#sender.close();
    this.#inbox.stopHolding();
    unregister(this.#native.id);
    this.#native.close();
    this.#scope.emitDestroy();
  }
}

function finish(link) {
  link.finish();
}

function codecOf(serialization) {
  return serialization === 'advanced' ? advanced : json;
}

/** Messages that Node itself sends. */
function isInternal(message) {
  return (
    message !== null &&
    typeof message === 'object' &&
    typeof message.cmd === 'string' &&
    message.cmd.length > INTERNAL_PREFIX.length &&
    message.cmd.startsWith(INTERNAL_PREFIX)
  );
}

module.exports = { Link, codecOf };
