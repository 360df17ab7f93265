'use strict';
// A client's connection: what is said to the broker and what it says, and how it ends.

const { native } = require('../../native');
const { reactor, register, unregister } = require('../../reactor');
const { version } = require('../../../package.json');
const { Outbox } = require('../channel/outbox');
const { addressError } = require('../local/address');
const { brokerError, brokerGone, closedError, noBroker, refusalOf, timeoutError } = require('./errors');
const { Frames, KIND, cut, lineOf, parse } = require('./frames');
const { Mail } = require('./mail');
const { Matching } = require('./matching');
const { Outgoing } = require('./outgoing');
const { Requests } = require('./requests');
const { Subscription } = require('./subscription');

const LAST_ID = 2 ** 31 - 1;
/** Bytes that wait for the broker from which on a publisher should wait as well. */
const MANY_BYTES = 16 * 1024 * 1024;
/** No shared memory: the broker passes on what it is given, and to many. */
const NO_SLABS = 0;

class Link {
  #client;
  /** Neither is there where nobody listened. */
  #wire;
  #outbox;
  #matching = new Matching();
  #mail;
  /** Of frames that the broker has not answered: [resolve, reject] by id, and for U by its negative. */
  #acks = new Map();
  #lastId = 0;
  /** Frames behind one whose listener has thrown. */
  #postponed = [];
  /** The end has come behind these. */
  #endsLater = false;
  #isReady = false;
  /** We have said goodbye. */
  #isClosing = false;
  #isClosed = false;
  /** Why it is over. */
  #reason = null;
  #dropped = 0;
  #name;
  #explicitRef = null;
  #timer = null;

  /**
   * @param {import('./client').BrokerClient} client
   * @param {string} address as the addon takes it
   * @param {object} options of clientOptions()
   */
  constructor(client, address, options) {
    this.#client = client;
    this.#name = options.name ?? null;
    this.requests = new Requests(this);
    this.#mail = new Mail(client);
    this.ready = new Promise((resolve, reject) => {
      this.#welcome = { resolve, reject };
    });
    this.ready.catch(ignore);
    const fd = native().connectLocal(address);
    if (fd < 0) {
      this.#end(addressError(fd, 'connect', address));
      return;
    }
    this.#wire = reactor().openWire(fd, helloOf(options), options.maxFrame, NO_SLABS);
    register(this.#wire.id, this);
    const onActivity = () => this.onActivity();
    const events = { onActivity, onRoom: () => client.emit('drain'), onBroken: () => this.#wire.readStart() };
    this.#outbox = new Outbox(this.#wire, events, MANY_BYTES);
    this.outgoing = new Outgoing(this.#outbox);
    const { timeout } = options;
    if (timeout > 0 && timeout !== Infinity) {
      this.#timer = setTimeout(() => this.#fail(timeoutError(timeout)), timeout);
    }
    this.#wire.readStart();
  }

  #welcome;

  get name() {
    return this.#name;
  }

  get dropped() {
    return this.#dropped;
  }

  get isClosed() {
    return this.#isClosing || this.#isClosed;
  }

  get queuedBytes() {
    return this.#outbox?.queuedBytes ?? 0;
  }

  get needsDrain() {
    return this.#outbox?.isFull ?? false;
  }

  get receipt() {
    return this.#outbox.receipt;
  }

  closedError() {
    return closedError(this.#reason);
  }

  // What the client asks for.

  nextId() {
    let id = this.#lastId;
    do id = id === LAST_ID ? 1 : id + 1;
    while (this.#acks.has(id) || this.requests.isOpen(id) || this.#matching.get(id) !== undefined);
    return (this.#lastId = id);
  }

  /** The broker's answer to the frame with this id. */
  acknowledged(id) {
    return new Promise((resolve, reject) => {
      this.#acks.set(id, { resolve, reject });
      if (this.#acks.size === 1) this.onActivity();
    });
  }

  subscribe(pattern, listener, options) {
    const id = this.nextId();
    const subscription = new Subscription(this, id, pattern, listener, options);
    this.#matching.add(subscription);
    this.#outbox.post(lineOf(`B${id}`, false, pattern, '', options.last ? '{"last":true}' : ''));
    const ready = this.acknowledged(id).then(ignore);
    ready.catch(() => this.#matching.remove(subscription));
    subscription.awaits(ready);
    this.onActivity();
    return subscription;
  }

  unsubscribe(subscription) {
    this.#matching.remove(subscription);
    if (this.isClosed) return Promise.resolve();
    const { id } = subscription;
    this.outgoing.bare(`U${id}`);
    // With the connection it is gone as well.
    return this.acknowledged(-id).then(ignore, ignore);
  }

  listenerComes() {
    this.#mail.listenerComes();
  }

  setReferenced(referenced) {
    this.#explicitRef = referenced;
    this.onActivity();
  }

  /** Whether it keeps the loop alive: while something is to come that somebody waits for. */
  onActivity() {
    if (this.#isClosed) return;
    if (this.#explicitRef ?? this.#isAwaited) this.#wire.ref();
    else this.#wire.unref();
  }

  get #isAwaited() {
    return (
      !this.#isReady ||
      this.#isClosing ||
      this.#acks.size > 0 ||
      this.requests.isBusy ||
      this.requests.hasHandler ||
      this.#outbox.isBusy ||
      this.#client.listenerCount('message') > 0 ||
      this.#matching.all().some(({ isHeard }) => isHeard)
    );
  }

  /** What was sent before goes out before. */
  close() {
    if (this.isClosed) return;
    this.#isClosing = true;
    this.outgoing.bare('X');
    this.#outbox.flush();
    this.onActivity();
  }

  // Called by the reactor.

  onWireOpen(text) {
    const { capabilities, maxFrame } = JSON.parse(text);
    if (!Array.isArray(capabilities) || !capabilities.includes('broker')) this.#fail(noBroker());
    else if (maxFrame > 0) this.outgoing.maxFrame = maxFrame;
  }

  onWire(text, count) {
    const values = parse(text, count);
    if (values === undefined) {
      this.#fail(brokerError('ERR_PROCS_IPC_GARBAGE', 'The broker has sent what is no JSON'));
      return;
    }
    this.#receive(values, undefined);
  }

  onWireSegments(text, buffer) {
    const values = parse(text, 1);
    if (values === undefined) this.#fail(brokerError('ERR_PROCS_IPC_GARBAGE', 'The broker has sent what is no JSON'));
    else this.#receive(values, cut(buffer));
  }

  onWritten(count, status) {
    this.#outbox.onWritten(count, status);
  }

  onEnd() {
    // Behind everything that came before.
    this.#endsLater = this.#postponed.length > 0;
    if (this.#endsLater) return;
    const fault = this.#wire.fault();
    if (this.#isClosing || this.#reason !== null) this.#end(this.#reason);
    else if (fault === null) this.#end(brokerGone());
    else this.#end(brokerError(fault.slice(0, fault.indexOf(' ')), `The broker: ${fault.slice(fault.indexOf(' ') + 1)}`));
  }

  #receive(values, segments) {
    const frames = new Frames(values, segments);
    const outbox = this.#outbox;
    let topic = null;
    let subscriptions;
    outbox.gather();
    try {
      while (frames.hasMore && this.#postponed.length === 0) {
        frames.advance();
        if (!frames.isPlainDelivery) {
          this.#take(frames.frame);
          continue;
        }
        if (frames.topic !== topic) {
          topic = frames.topic;
          subscriptions = this.#matching.of(topic);
        }
        const { message } = frames;
        for (const subscription of subscriptions) subscription.deliver(message, topic, false);
      }
    } finally {
      outbox.gathered();
      if (frames.hasMore) this.#postpone(frames);
    }
  }

  /** A listener has thrown: what came behind its message comes in the next tick. */
  #postpone(frames) {
    if (this.#postponed.length === 0) process.nextTick(resume, this);
    while (frames.hasMore) {
      frames.advance();
      this.#postponed.push(frames.frame);
    }
  }

  resume() {
    const frames = this.#postponed;
    let i = 0;
    try {
      while (i < frames.length) this.#take(frames[i++]);
    } finally {
      frames.splice(0, i);
      if (frames.length > 0) process.nextTick(resume, this);
      else if (this.#endsLater) this.onEnd();
    }
  }

  #take(frame) {
    if (this.#isClosed) return;
    let value;
    try {
      value = frame.value;
    } catch (error) {
      // Its sender's doing, and not the broker's.
      this.#unreadable(frame, error);
      return;
    }
    const { id, target } = frame;
    switch (frame.kind) {
      case KIND.DELIVERY:
        // With an id: the last value, for the subscription that asked for it.
        if (id === 0) this.#deliver(target, value);
        else this.#matching.get(id)?.deliver(value, target, true);
        break;
      case KIND.DIRECT:
        if (!this.#isClosing) this.#mail.push(value, target);
        break;
      case KIND.ACKNOWLEDGEMENT:
        this.#onAcknowledged(id, value);
        break;
      case KIND.REQUEST:
        if (!this.#isClosing) this.requests.onRequest(id, target, value);
        break;
      case KIND.ANSWER:
        this.requests.onAnswer(id, value);
        break;
      case KIND.ERROR:
        this.requests.onError(id, value);
        break;
      case KIND.CANCEL:
        this.requests.onCancel(id, target, value);
        break;
      case KIND.BYE:
        this.#reason ??= refusalOf(value);
        break;
      default:
        this.#fail(brokerError('ERR_PROCS_IPC_PROTOCOL', `A broker does not send frames of kind '${String.fromCharCode(frame.kind)}'`));
    }
  }

  #deliver(topic, message) {
    for (const subscription of this.#matching.of(topic)) subscription.deliver(message, topic, false);
  }

  #unreadable({ kind, id, target }, error) {
    if (kind === KIND.ANSWER || kind === KIND.ERROR) this.requests.fail(id, error);
    else this.#client.emit('messageerror', error, target);
  }

  #onAcknowledged(id, value) {
    if (id === 0) {
      this.#onNotice(value);
      return;
    }
    const key = this.#acks.has(id) ? id : -id;
    const ack = this.#acks.get(key);
    if (ack === undefined) return;
    this.#acks.delete(key);
    if (typeof value?.code === 'string') ack.reject(refusalOf(value));
    else ack.resolve(value);
    if (this.#acks.size === 0) this.onActivity();
  }

  #onNotice(value) {
    if (!this.#isReady && typeof value?.name === 'string' && value.code === undefined) {
      this.#isReady = true;
      this.#name = value.name;
      clearTimeout(this.#timer);
      this.#welcome.resolve();
      this.onActivity();
    } else if (typeof value?.dropped === 'number') {
      this.#dropped = value.total;
      this.#client.emit('dropped', value.dropped, value.total);
    } else if (typeof value?.code === 'string') {
      this.#client.emit('refused', refusalOf(value));
    }
  }

  /** The end, from this side. */
  #fail(error) {
    if (!this.#isClosed) this.#end(error);
  }

  /** @param {Error | null} error null where it was asked for */
  #end(error) {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#reason = error;
    clearTimeout(this.#timer);
    if (this.#wire !== undefined) {
      unregister(this.#wire.id);
      this.#wire.close();
      this.#outbox.close(this.closedError());
    }
    this.#welcome.reject(error ?? this.closedError());
    const acks = [...this.#acks.values()];
    this.#acks.clear();
    for (const { reject } of acks) reject(this.closedError());
    this.requests.closeAll(() => this.closedError());
    for (const subscription of this.#matching.all()) subscription.end(error === null ? null : this.closedError());
    process.nextTick(emitClose, this.#client, error);
  }
}

function helloOf({ name, maxQueued, maxQueuedBytes, overflow, maxFrame }) {
  return JSON.stringify({
    protocol: 'procs',
    version: 1,
    pid: process.pid,
    software: `@x/procs/${version}`,
    maxFrame,
    name,
    maxQueued,
    maxQueuedBytes,
    overflow,
  });
}

function resume(link) {
  link.resume();
}

function emitClose(client, error) {
  client.emit('close', error);
}

function ignore() {}

module.exports = { Link };
