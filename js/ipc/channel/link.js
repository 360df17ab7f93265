'use strict';
// Ties a Channel to its native wire: what comes in, who is told, and how it ends.

const { AsyncResource } = require('node:async_hooks');
const { constants } = require('node:os');
const { reactor, register, unregister } = require('../../reactor');
const { version } = require('../../../package.json');
const { ending } = require('./ending');
const { ipcError } = require('./errors');
const { Inbox } = require('./inbox');
const { Outbox } = require('./outbox');
const { Receiver } = require('./receiver');
const { describe, revive } = require('./remote-error');
const { Requester } = require('./requester');
const { Responder } = require('./responder');
const { Transmitter } = require('./transmitter');

const { EPROTO } = constants.errno;
const CAPABILITIES = ['handles', 'slab', 'ring'];
/** How far beyond its bound the inbox may grow while an answer, or room to write, is awaited that is somewhere behind it. */
const BEYOND = 16;

class Link {
  channel;
  wire;
  inbox;
  requester;
  responder;
  transmitter;
  outbox;
  options;
  /** The peer's hello, or null. */
  peer = null;
  /** The peer wants an answer to what it has given up as well: a pool does, which has nothing else to do for a worker before. */
  isToAnswerAll = false;
  /** Who it is by the kernel's word, where that was asked. */
  credentials = null;
  /** What still comes in is not looked at. */
  isDeaf = false;
  isClosed = false;

  #receiver;
  /** What comes in belongs to the context in which the channel was made. */
  #scope = new AsyncResource('PROCS_CHANNEL', { requireManualDestroy: true });
  /** Keeps the loop alive by itself, as Node's channel does in a parent. */
  #isParent;
  #isExplicit = null;
  #onClosed;
  #hasWarned = false;
  #isReferenced = true;
  #isReading = false;
  /** Somebody listens to the end of the channel, for which it has to be read. */
  #isWatched = false;
  #end = ending(this);
  #isQuick;

  /**
   * @param {object} channel
   * @param {number} fd ours from here on
   * @param {object} options of channelOptions()
   * @param {{ isParent?: boolean, pid?: number, onClosed?: () => void }} role pid: of our child at the other end
   */
  constructor(channel, fd, options, { isParent = false, pid = 0, onClosed }) {
    this.channel = channel;
    this.options = options;
    this.#isParent = isParent;
    this.pid = pid;
    this.#onClosed = onClosed;
    this.#isQuick = isQuick(options);
    this.wire = reactor().openWire(fd, helloOf(options), options.maxFrame, options.maxSharedMemory);
    const activity = () => this.onActivity();
    this.outbox = new Outbox(
      this.wire,
      { onRoom: () => this.#inContext(() => channel.emit('drain')), onBroken: (error) => this.#end.broken(error), onActivity: activity },
      options.maxQueuedBytes,
    );
    this.transmitter = new Transmitter(channel, this.wire, this.outbox, options);
    this.inbox = new Inbox(channel, activity);
    this.requester = new Requester(this);
    this.responder = new Responder(this, channel, options.maxRequests);
    this.#receiver = new Receiver(this, this.wire, options.checks);
    register(this.wire.id, this);
    this.onActivity();
  }

  configure(options) {
    this.options = options;
    this.#isQuick = isQuick(options);
    this.outbox.maxQueuedBytes = options.maxQueuedBytes;
    this.transmitter.options = options;
    this.#receiver.checks = options.checks;
    this.responder.maxRequests = options.maxRequests;
    this.onActivity();
  }

  // Called by the reactor.

  onWire(text, count) {
    if (!this.isDeaf) this.#scope.runInAsyncScope(this.#receive, this, text, count);
  }

  #receive(text, count) {
    if (count === 1) {
      this.#receiver.frames(text, 1);
      return;
    }
    this.outbox.gather();
    try {
      this.#receiver.frames(text, count);
    } finally {
      this.outbox.gathered();
    }
  }

  onWireSegments(text, buffer) {
    if (!this.isDeaf) this.#scope.runInAsyncScope(this.#receiver.segments, this.#receiver, text, buffer);
  }

  onWireOpen(json) {
    if (this.isDeaf) return;
    this.peer = JSON.parse(json);
    const { capabilities, maxFrame } = this.peer;
    this.isToAnswerAll = Array.isArray(capabilities) && capabilities.includes('answers');
    this.transmitter.maxFrame = maxFrame;
    this.#inContext(() => this.channel.emit('open'));
  }

  onWritten(count, status) {
    this.outbox.onWritten(count, status);
  }

  onEnd(status) {
    const fault = status === -EPROTO ? this.wire.fault() : null;
    this.#inContext(() => this.#receiver.afterAll(() => this.#end.ended(fault)));
  }

  #inContext(action) {
    this.#scope.runInAsyncScope(action);
  }

  // Called by what frames come to.

  /** The peer says that nothing more comes, and why if there is a reason. */
  goodbye(described) {
    this.#end.goodbye(described === undefined || described === null ? null : revive(described));
  }

  /** The peer does what it must not: it is told so, and hung up on. */
  fault(error) {
    if (this.isDeaf) return;
    this.close(error, true);
  }

  /** A message that a validator has refused. */
  invalid(error, message, handle) {
    handle?.close?.();
    if (this.channel.emit('invalid', error, message) || this.#hasWarned) return;
    // Once: the peer must not be able to fill a log.
    this.#hasWarned = true;
    process.emitWarning(`A message was dropped: ${error.message}`, { type: 'InvalidMessageWarning', code: error.code });
  }

  refuseRequest(id, error, handle) {
    handle?.close?.();
    this.postKind('E', id, describe(error));
  }

  /** The sender of a handle wants to know what became of it. */
  acknowledge(id, handle) {
    if (handle !== undefined) this.transmitter.bare(`R${id}`);
    else this.postKind('E', id, describe(ipcError('ERR_PROCS_IPC_HANDLE_LOST', 'The handle got lost on the way')));
  }

  // What is asked of it.

  /** Whether a request without options can go the short way. */
  get isQuick() {
    return this.#isQuick && !this.#end.isClosing && !this.isClosed;
  }

  quickRequest(message) {
    const id = this.requester.nextId();
    const posted = this.transmitter.plain(`Q${id}`, message);
    const promise = this.requester.open(id, 0, undefined);
    if (posted !== undefined) this.#follow(id, posted);
    return promise;
  }

  request(message, options) {
    const { timeout = this.options.timeout, signal } = options;
    return this.#ask('Q', message, options, this.options.checks.request.send, timeout === Infinity ? 0 : timeout, signal);
  }

  /** A request that is not the program's: see HandOver in ../handles. */
  handOver(handle, signal) {
    return this.#ask('Q', null, { handle }, null, 0, signal);
  }

  /** The peer answers when the handle is there. */
  sendWithHandle(message, options) {
    const sent = this.#ask('M', message, options, this.options.checks.send, 0, undefined).then(ignore);
    sent.catch((error) => {
      // As Node does. With the channel's own end nobody has to be told of it in particular.
      if (error.code === 'ERR_PROCS_IPC_HANDLE_LOST') process.emitWarning(error.message, 'SentHandleNotReceivedWarning');
    });
    return sent;
  }

  #ask(kind, message, options, check, timeout, signal) {
    const id = this.requester.nextId();
    const promise = this.requester.open(id, timeout, signal);
    try {
      const posted = this.transmitter.transmit(`${kind}${id}`, message, options, check, (sent) => this.requester.withHandle(id, sent));
      if (posted !== undefined) this.#follow(id, posted);
    } catch (error) {
      this.requester.forget(id);
      throw error;
    }
    return promise;
  }

  /** What fails after the call has returned fails the request. */
  #follow(id, posted) {
    posted.catch((error) => {
      if (this.outbox.failure === null) this.requester.giveUp(id, error, undefined);
    });
  }

  get transport() {
    return this.isClosed ? 'closed' : this.wire.transport();
  }

  /** Something about a request: such as this can always be said. */
  postKind(kind, id, value) {
    if (this.isClosed) return;
    const head = `${kind}${id}`;
    if (value === undefined) {
      this.transmitter.bare(head);
      return;
    }
    try {
      this.transmitter.plain(head, value)?.catch(ignore); // told by the end of the channel
    } catch (error) {
      // What a generator returned, say. Of an error all is known to be fit.
      this.transmitter.plain(kind === 'D' ? `E${id}` : head, describe(error));
    }
  }

  /**
   * @param {(error: unknown) => void} onError it cannot be sent, which is found out later
   * @throws it cannot be sent
   */
  answer(id, value, onError) {
    if (this.isClosed) return;
    const check = this.options.checks.response.send;
    const posted = check === null ? this.transmitter.answer(`R${id}`, value) : this.transmitter.transmit(`R${id}`, value, undefined, check);
    if (posted !== undefined) posted.catch((error) => this.isClosed || this.outbox.failure !== null || onError(error));
    else this.#answered();
  }

  /** @returns {Promise<void> | undefined} to be waited for before the next */
  item(id, value) {
    if (this.isClosed) return undefined;
    const check = this.options.checks.response.send;
    const posted = check === null ? this.transmitter.plain(`I${id}`, value) : this.transmitter.transmit(`I${id}`, value, undefined, check);
    return posted ?? (this.outbox.isFull ? this.outbox.receipt : undefined);
  }

  /** A peer that asks, and takes no answers, is not listened to. */
  #answered() {
    if (this.outbox.isFullOfAnswers) this.#updateReading();
  }

  /** From here on nothing waits for room: the peer has written all that it will. */
  peerExited(exitCode, signal) {
    this.#end.exited(exitCode, signal);
    this.#updateReading();
  }

  // Whether it is read, and whether it keeps the loop alive.

  watch(isWatched) {
    this.#isWatched = isWatched;
    this.onActivity();
  }

  setReferenced(isReferenced) {
    this.#isExplicit = isReferenced;
    this.onActivity();
  }

  /** Who waits for what has changed. */
  onActivity() {
    if (this.isClosed) return;
    const isReferenced = this.#isExplicit ?? (this.#isParent || this.#isInUse() || this.outbox.isBusy || this.#end.isClosing);
    if (isReferenced !== this.#isReferenced) {
      this.#isReferenced = isReferenced;
      if (isReferenced) this.wire.ref();
      else this.wire.unref();
    }
    this.#updateReading();
  }

  #isInUse() {
    return this.inbox.isWanted || this.responder.hasHandler || this.requester.size > 0;
  }

  #updateReading() {
    if (this.isClosed) return;
    const shouldRead = this.#shouldRead();
    if (shouldRead === this.#isReading) return;
    this.#isReading = shouldRead;
    if (shouldRead) this.wire.readStart();
    else this.wire.readStop();
  }

  #shouldRead() {
    if (this.#end.isClosing || this.#end.isReadOut) return true;
    const { maxQueuedBytes } = this.options;
    if (this.requester.size > 0) {
      // The answer may be behind all that is held.
      if (this.inbox.heldBytes >= BEYOND * maxQueuedBytes) {
        process.nextTick(() => this.fault(tooManyHeld(this.inbox.heldBytes)));
      }
      return true;
    }
    if (this.outbox.isFullOfAnswers) return false;
    const isWanted = this.#isParent || this.#isInUse() || this.#isWatched;
    // Word of room in shared memory is behind all that is held, too. And two ends that both wait for room, and do not read, would do so for ever.
    if (this.outbox.isWaiting && (isWanted || this.peer !== null)) return this.inbox.heldBytes < BEYOND * maxQueuedBytes;
    return isWanted && this.inbox.heldBytes < maxQueuedBytes;
  }

  // Its end.

  get isClosing() {
    return this.isClosed || this.#end.isClosing;
  }

  /** Says goodbye, and lets what was sent go out. @returns {Promise<void>} */
  sayGoodbye() {
    return this.#end.sayGoodbye();
  }

  /** At once. @param {Error | null} error @param {boolean} isTold whether the peer is told of it */
  close(error, isTold) {
    this.#end.close(error, isTold);
  }

  /** Why nothing can be sent any more. */
  closedError() {
    return this.#end.error();
  }

  /** Nothing comes from the wire any more, and nothing goes there. @param {Error | null} error */
  detach(error) {
    this.isClosed = true;
    this.isDeaf = true;
    const makeError = () => this.closedError();
    this.outbox.close(makeError());
    unregister(this.wire.id);
    this.wire.close();
    this.requester.closeAll(makeError);
    this.responder.closeAll(makeError);
    this.inbox.close(error);
    process.nextTick(() => {
      try {
        this.#inContext(() => this.channel.emit('close', error));
      } finally {
        if (this.#onClosed !== undefined) this.#inContext(this.#onClosed);
        this.#scope.emitDestroy();
      }
    });
  }
}

function helloOf({ maxFrame, maxSharedMemory }) {
  return JSON.stringify({
    protocol: 'procs',
    version: 1,
    pid: process.pid,
    software: `@x/procs/${version}`,
    capabilities: CAPABILITIES,
    maxFrame,
    maxSlab: maxSharedMemory,
  });
}

function isQuick({ checks, timeout, overflow }) {
  return checks.request.send === null && timeout === 0 && overflow === 'wait';
}

function tooManyHeld(bytes) {
  return ipcError(
    'ERR_PROCS_IPC_QUEUE_FULL',
    `${bytes} bytes of messages wait here for somebody to take them, while an answer is awaited behind them`,
  );
}

function ignore() {}

module.exports = { Link };
