'use strict';
// What the pool sends to a worker, in order, to whom it is for. The loop in receive() is what a small task costs: it is kept short.

const { meta, register } = require('../reactor');
const { ADDRESSED, DESCRIPTORS, FIELDS, FRAME_FLAGS, FRAME_HANDLES, FRAME_ID, FRAME_KIND, NO_JSON, SAME_TOPIC } = require('../wire-meta');
const { NO_FDS, cutSegments, takeHandles } = require('../wire-parts');
const seldom = require('./seldom');
const { LOST } = require('./tasks');

const MESSAGE = 77;
const TASK = 81;
const CANCEL = 67;
const BYE = 88;
/** Ids from which on a request is about the worker itself. */
const CONTROL = 2 ** 30;
/** Flags of a frame that is nothing but JSON. */
const PLAIN = ADDRESSED | SAME_TOPIC | NO_JSON;
const EXCERPT = 80;

class Link {
  #wire;
  #tasks;
  #outgoing;
  #events;
  #meta = meta();
  /** The last name in this event: it is not repeated. */
  #mark = null;
  #takePiece = (slab, offset) => {
    const bytes = this.#wire.take(slab, offset);
    if (bytes === null) throw seldom.errors.genericNodeError('A piece of shared memory is not there');
    return bytes;
  };

  /**
   * @param {object} wire see Wire in native.d.ts
   * @param {{ control(id: number, mark: string, value: unknown): void, message(value: unknown): void, bye(): void, end(): void, fault(error: Error): void }}
   *   events
   */
  constructor(wire, tasks, outgoing, events) {
    this.#wire = wire;
    this.#tasks = tasks;
    this.#outgoing = outgoing;
    this.#events = events;
    register(wire.id, this);
    wire.readStart();
  }

  onWireOpen(json) {
    this.#outgoing.maxFrame = JSON.parse(json).maxFrame;
  }

  onWritten(count) {
    this.#outgoing.onWritten(count);
  }

  onEnd() {
    this.#events.end();
  }

  onWire(text, count) {
    const values = this.#parse(text, count);
    if (values === null) return;
    this.#tasks.beginTurn();
    this.#receive(values, count);
    this.#tasks.endTurn();
  }

  #parse(text, count) {
    try {
      if (count === 1) return [JSON.parse(text)];
      const values = JSON.parse(text);
      if (values.length === count) return values;
    } catch {
      // told below
    }
    this.#garbage(text);
    return null;
  }

  #receive(values, count) {
    const about = this.#meta;
    const given = this.#givenUp(count);
    for (let i = 0; i < count; i++) {
      const at = i * FIELDS;
      const flags = about[at + FRAME_FLAGS];
      let value = values[i];
      let mark = null;
      if ((flags & ADDRESSED) !== 0) {
        if ((flags & SAME_TOPIC) === 0) {
          this.#mark = value[0];
          value = value[1];
        }
        mark = this.#mark;
      }
      if ((flags & NO_JSON) !== 0) value = undefined;
      const id = about[at + FRAME_ID];
      if (about[at + FRAME_KIND] === TASK && id < CONTROL && (flags & ~PLAIN) === 0 && about[at + FRAME_HANDLES] === 0) {
        this.#tasks.take(id, mark, value, undefined, given?.has(id) === true);
      } else {
        const fds = takeHandles(this.#wire, about[at + FRAME_HANDLES] & DESCRIPTORS);
        this.#frame(about[at + FRAME_KIND], id, flags, mark, value, null, fds, given?.has(id) === true);
      }
    }
  }

  /** Tasks that are given up in the same event: they are not to begin. Almost always there is none, and no set of them. */
  #givenUp(count) {
    const about = this.#meta;
    let given = null;
    for (let at = 0; at < count * FIELDS; at += FIELDS) {
      if (about[at + FRAME_KIND] === CANCEL) (given ??= new Set()).add(about[at + FRAME_ID]);
    }
    return given;
  }

  onWireSegments(text, buffer) {
    const about = this.#meta;
    let value;
    let segments;
    try {
      value = JSON.parse(text);
      segments = cutSegments(about, buffer, this.#takePiece);
    } catch {
      this.#garbage(text);
      return;
    }
    let mark = null;
    if ((about[FRAME_FLAGS] & ADDRESSED) !== 0) [mark, value] = value;
    const fds = takeHandles(this.#wire, about[FRAME_HANDLES] & DESCRIPTORS);
    this.#tasks.beginTurn();
    this.#frame(about[FRAME_KIND], about[FRAME_ID], about[FRAME_FLAGS], mark, value, segments, fds, false);
    this.#tasks.endTurn();
  }

  #frame(kind, id, flags, mark, parsed, segments, fds, isGivenUp) {
    let value = parsed;
    let handle;
    if ((flags & ~PLAIN) !== 0 || segments !== null || fds !== NO_FDS) {
      try {
        ({ value, handle } = seldom.frames.openFrame(parsed, segments, fds, flags));
      } catch {
        this.#garbage(JSON.stringify(parsed));
        return;
      }
      if (seldom.frames.isLostHandle(handle)) handle = LOST;
    }
    switch (kind) {
      case TASK:
        if (id >= CONTROL) this.#events.control(id, mark, value);
        else this.#tasks.take(id, mark, value, handle, isGivenUp);
        break;
      case CANCEL:
        this.#tasks.giveUp(id, value);
        break;
      case MESSAGE:
        this.#events.message(value);
        break;
      case BYE:
        this.#events.bye();
        break;
      default:
        this.#fault('ERR_PROCS_IPC_PROTOCOL', `A frame of kind ${JSON.stringify(String.fromCharCode(kind))} came to a worker`);
    }
  }

  #garbage(text) {
    this.#fault('ERR_PROCS_IPC_GARBAGE', `Garbage from the pool: ${JSON.stringify(text.slice(0, EXCERPT))}`);
  }

  #fault(code, message) {
    this.#events.fault(seldom.errors.genericNodeError(message, { code }));
  }
}

module.exports = { Link, TASK };
