'use strict';
// Requests of the peer: each is given to the handler and answered once, with a value, an error or a stream.

const { AbortError } = require('../../errors');
const { decodeName } = require('../../task-name');
const { SERVE } = require('../handles/serve');
const { ipcError, protocolError } = require('./errors');
const { OutgoingStream, isStream } = require('./outgoing-stream');
const { describe, revive } = require('./remote-error');

/** How long requests wait for a handler where nobody has begun to listen: a program may have to prepare. */
const PATIENCE = 2_000;
/** The answer to what nobody waits for any more. */
const GIVEN_UP = Object.freeze({ __proto__: null, name: 'AbortError', message: 'The request was given up', code: 'ABORT_ERR' });

/** A request that is being handled. */
class Serving {
  stream = null;
  isOver = false;
  isAborted = false;
  controller = null;
  reason;

  constructor(id) {
    this.id = id;
  }

  /** @param {Error} reason */
  abort(reason) {
    this.isOver = true;
    this.isAborted = true;
    this.reason = reason;
    this.controller?.abort(reason);
    this.stream?.stop();
  }
}

/** The second argument of the handler. */
class Context {
  #serving;
  #mark;

  constructor(serving, channel, handle, mark) {
    this.#serving = serving;
    this.#mark = mark;
    /** The channel that the request came from. */
    this.channel = channel;
    /** What was sent along. */
    this.handle = handle;
  }

  /** What the requester calls it: of a pool, the name of the task. */
  get name() {
    return this.#mark === undefined ? undefined : decodeName(this.#mark);
  }

  /** Aborted when the requester has given up, and when the channel has ended. Made when it is asked for: it costs more than a small answer. */
  get signal() {
    const serving = this.#serving;
    if (serving.controller === null) {
      serving.controller = new AbortController();
      if (serving.isAborted) serving.controller.abort(serving.reason);
    }
    return serving.controller.signal;
  }
}

class Responder {
  #link;
  #channel;
  #handler = null;
  #hasListened = false;
  /** Those that are not answered yet, by id. One whose handler answers at once never is in here. */
  #open = new Map();
  #maxRequests;
  /** Requests that came before anybody listened. */
  #early = [];
  #patience = null;

  /**
   * @param {object} link
   * @param {object} channel what handlers see
   */
  constructor(link, channel, maxRequests) {
    this.#link = link;
    this.#channel = channel;
    this.#maxRequests = maxRequests;
  }

  set maxRequests(count) {
    this.#maxRequests = count;
  }

  get hasHandler() {
    return this.#handler !== null;
  }

  get size() {
    return this.#open.size + this.#early.length;
  }

  /** @param {Function | null} handler */
  setHandler(handler) {
    this.#handler = handler;
    this.listens();
  }

  /** This end has begun to listen to something. Once it does, a request that nobody handles is refused. */
  listens() {
    this.#hasListened = true;
    if (this.#early.length > 0) process.nextTick(serveEarly, this);
  }

  serveEarly() {
    clearTimeout(this.#patience);
    this.#patience = null;
    const early = this.#early;
    this.#early = [];
    let served = 0;
    try {
      for (const { id, message, handle, mark, isOver } of early) {
        served++;
        if (!isOver) this.onRequest(id, message, handle, mark);
      }
    } finally {
      // A handler that throws is an answer; this is for what else may be thrown in between.
      if (served < early.length) this.#early = early.slice(served).concat(this.#early);
    }
  }

  /** @param {string} [mark] of its name */
  onRequest(id, message, handle, mark) {
    if (this.#open.size > 0 && this.#open.has(id)) {
      this.#link.fault(protocolError(`Request ${id} came while it was open`));
      return;
    }
    const handler = handle?.[SERVE] ?? this.#handler;
    if (handler === null) {
      this.#withoutHandler(id, message, handle, mark);
      return;
    }
    const serving = new Serving(id);
    if (this.#open.size >= this.#maxRequests) {
      this.#fail(serving, ipcError('ERR_PROCS_IPC_QUEUE_FULL', `${this.#open.size} requests are being handled already`));
      return;
    }
    let result;
    try {
      result = handler(message, new Context(serving, this.#channel, handle, mark));
      if (result !== null && typeof result === 'object' && typeof result.then === 'function') {
        this.#open.set(id, serving);
        result.then(
          (value) => this.#settle(serving, value),
          (error) => this.#fail(serving, error),
        );
        return;
      }
    } catch (error) {
      this.#fail(serving, error);
      return;
    }
    this.#settle(serving, result);
  }

  #withoutHandler(id, message, handle, mark) {
    if (this.#hasListened || this.#early.length >= this.#maxRequests) {
      this.#fail(new Serving(id), ipcError('ERR_PROCS_IPC_NO_HANDLER', 'The peer does not handle requests: it has no onRequest()'));
      return;
    }
    this.#early.push({ id, message, handle, mark, isOver: false });
    this.#patience ??= setTimeout(listensAtLast, PATIENCE, this).unref();
  }

  #settle(serving, value) {
    if (serving.isOver) {
      // Made for nobody: what it holds is to be let go.
      if (isStream(value)) new OutgoingStream(value, NOBODY).stop();
      this.#stopped(serving);
      return;
    }
    if (isStream(value)) {
      this.#stream(serving, value);
      return;
    }
    try {
      this.#link.answer(serving.id, value, (error) => this.#fail(serving, error));
    } catch (error) {
      this.#fail(serving, error);
      return;
    }
    this.#close(serving);
  }

  #stream(serving, source) {
    const { id } = serving;
    this.#open.set(id, serving);
    this.#link.postKind('S', id, undefined);
    const send = {
      item: (value) => this.#link.item(id, value),
      done: (value) => {
        if (serving.isOver) return;
        this.#close(serving);
        this.#link.postKind('D', id, value);
      },
      failed: (error) => this.#fail(serving, error),
    };
    try {
      serving.stream = new OutgoingStream(source, send);
    } catch (error) {
      this.#fail(serving, error);
    }
  }

  #fail(serving, error) {
    if (serving.isAborted) {
      this.#stopped(serving);
      return;
    }
    this.#close(serving);
    this.#link.postKind('E', serving.id, describe(error));
  }

  /** A handler whose request was given up is through with it. Whoever wants to know that is told. */
  #stopped(serving) {
    if (this.#open.get(serving.id) !== serving) return;
    this.#close(serving);
    this.#link.postKind('E', serving.id, GIVEN_UP);
  }

  #close(serving) {
    serving.isOver = true;
    if (this.#open.size > 0 && this.#open.get(serving.id) === serving) {
      this.#open.delete(serving.id);
      this.#link.onActivity();
    }
  }

  /** The requester has given up. */
  onCancel(id, described) {
    const serving = this.#open.get(id);
    if (serving === undefined) {
      this.#cancelEarly(id);
      return;
    }
    // A stream is an answer already.
    if (!this.#link.isToAnswerAll || serving.stream !== null) this.#open.delete(id);
    const reason = described === undefined || described === null ? new AbortError('The requester has given up') : revive(described);
    serving.abort(reason);
    this.#link.onActivity();
  }

  #cancelEarly(id) {
    for (const early of this.#early) {
      if (early.id !== id || early.isOver) continue;
      early.isOver = true;
      if (this.#link.isToAnswerAll) this.#link.postKind('E', id, GIVEN_UP);
    }
  }

  onWindow(id, items) {
    if (!Number.isSafeInteger(items) || items < 0) {
      this.#link.fault(protocolError('A window was no number'));
      return;
    }
    this.#open.get(id)?.stream?.allow(items);
  }

  /** @param {() => Error} makeReason */
  closeAll(makeReason) {
    clearTimeout(this.#patience);
    this.#early = [];
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const serving of all) serving.abort(makeReason());
  }
}

const NOBODY = { item: () => undefined, done() {}, failed() {} };

function serveEarly(responder) {
  responder.serveEarly();
}

function listensAtLast(responder) {
  responder.listens();
}

module.exports = { Responder };
