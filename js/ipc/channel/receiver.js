'use strict';
// Frames that came in, in order, to whom they are for. One JSON.parse for all frames of a read: its fixed cost exceeds that of a small message.

const { meta } = require('../../reactor');
const { isThenable } = require('../../thenable');
const { ADDRESSED, DESCRIPTORS, FIELDS, FRAME_FLAGS, FRAME_HANDLES, FRAME_ID, FRAME_KIND, SAME_TOPIC } = require('../../wire-meta');
const { NO_FDS, cutSegments, takeHandles } = require('../../wire-parts');
const { SERVE } = require('../handles/serve');
const { garbageError, ipcError, protocolError } = require('./errors');
const { KIND } = require('./frame');
const { LOST_HANDLE, open } = require('./opened');
const { Order } = require('./order');

const { MESSAGE, REQUEST, ANSWER, ERROR, CANCEL, STREAM, ITEM, DONE, WINDOW, BYE } = KIND;

class Receiver {
  #link;
  #wire;
  #checks;
  /** Of the frame before, where the next has the same. */
  #name;
  /** What has to wait: for a validator, or because a listener has thrown. */
  #order = null;
  #orderEnds = () => {
    this.#order = null;
    this.#link.onActivity();
  };

  #takePiece = (slab, offset) => {
    const bytes = this.#wire.take(slab, offset);
    if (bytes === null) throw garbageError(`s${slab}.${offset}`);
    return bytes;
  };

  constructor(link, wire, checks) {
    this.#link = link;
    this.#wire = wire;
    this.#checks = checks;
  }

  set checks(checks) {
    this.#checks = checks;
  }

  /** After all that came before. */
  afterAll(action) {
    if (this.#order === null) action();
    else this.#order.add(null, action);
  }

  /** Frames that are nothing but their line. */
  frames(text, count) {
    const values = count === 1 ? undefined : parseAll(text, count);
    if (values === undefined) {
      this.#oneByOne(text, count);
      return;
    }
    const about = meta();
    const size = text.length / count;
    const { inbox, link } = this.#shortcut();
    let i = 0;
    try {
      for (; i < count && !link.isDeaf; i++) {
        const at = i * FIELDS;
        // Most are plain messages.
        if (
          inbox !== null &&
          about[at] === MESSAGE &&
          about[at + FRAME_FLAGS] === 0 &&
          about[at + FRAME_HANDLES] === 0 &&
          this.#order === null
        ) {
          inbox.push(values[i], undefined, size);
        } else {
          this.#frame(about, at, values[i], null, size);
        }
      }
    } finally {
      if (i < count) this.#postpone(values, i + 1, about, size);
    }
  }

  #shortcut() {
    return { inbox: this.#checks.receive === null ? this.#link.inbox : null, link: this.#link };
  }

  /** A single frame; or one of many is no JSON: those before it count. */
  #oneByOne(text, count) {
    const lines = count === 1 ? [text] : text.slice(1, -1).split(',\n');
    const about = meta();
    const values = [];
    let garbage = null;
    for (const line of lines) {
      try {
        values.push(JSON.parse(line));
      } catch (error) {
        garbage = garbageError(line, error);
        break;
      }
    }
    let i = 0;
    try {
      for (; i < values.length && !this.#link.isDeaf; i++) this.#frame(about, i * FIELDS, values[i], null, lines[i].length);
    } finally {
      if (i < values.length) this.#postpone(values, i + 1, about, text.length / count);
      if (garbage !== null) this.afterAll(() => this.#link.fault(garbage));
    }
  }

  /** One frame with segments. */
  segments(text, buffer) {
    const about = meta();
    let value;
    let segments;
    try {
      value = JSON.parse(text);
      segments = cutSegments(about, buffer, this.#takePiece);
    } catch (error) {
      this.#link.fault(error.code === undefined ? garbageError(text, error) : error);
      return;
    }
    this.#frame(about, 0, value, segments, text.length + (buffer?.length ?? 0));
  }

  /** A listener has thrown: what came behind its message comes in the next tick. */
  #postpone(values, from, about, size) {
    if (from >= values.length || this.#link.isDeaf) return;
    // They are told of only now.
    const frames = [];
    for (let i = from; i < values.length; i++) {
      const at = i * FIELDS;
      const copy = about.slice(at, at + FIELDS);
      frames.push({ copy, value: values[i], fds: takeHandles(this.#wire, copy[FRAME_HANDLES] & DESCRIPTORS) });
    }
    this.#order ??= new Order(this.#orderEnds);
    this.#order.add(new Promise(process.nextTick), ignore);
    for (const { copy, value, fds } of frames) {
      this.#order.add(null, () => this.#decoded(copy[FRAME_KIND], copy[FRAME_ID], copy[FRAME_FLAGS], value, null, fds, size));
    }
  }

  #frame(about, at, value, segments, size) {
    const count = about[at + FRAME_HANDLES] & DESCRIPTORS;
    const fds = count === 0 ? NO_FDS : takeHandles(this.#wire, count);
    this.#decoded(about[at + FRAME_KIND], about[at + FRAME_ID], about[at + FRAME_FLAGS], value, segments, fds, size);
  }

  #decoded(kind, id, flags, given, segments, fds, size) {
    let parsed = given;
    let name;
    if ((flags & ADDRESSED) !== 0) {
      if ((flags & SAME_TOPIC) === 0) [this.#name, parsed] = given;
      name = this.#name;
    }
    let value = parsed;
    let handle;
    if (flags !== 0 || segments !== null || fds !== NO_FDS) {
      try {
        ({ value, handle } = open(parsed, segments, fds, flags));
      } catch (error) {
        this.#link.fault(error.code?.startsWith?.('ERR_PROCS_IPC_') ? error : garbageError(JSON.stringify(parsed), error));
        return;
      }
    }
    // What is not for the program is not its validator's either.
    const check = handle?.[SERVE] === undefined ? this.#checkOf(kind) : null;
    if (check === null && this.#order === null && !isThenable(handle)) this.#accept(kind, id, value, handle, size, name);
    else this.#check(check, kind, id, value, handle, size, name);
  }

  #checkOf(kind) {
    const checks = this.#checks;
    switch (kind) {
      case MESSAGE:
        return checks.receive;
      case REQUEST:
        return checks.request.receive;
      case ANSWER:
      case ITEM:
        return checks.response.receive;
      default:
        return null;
    }
  }

  #check(check, kind, id, value, given, size, name) {
    let checked = value;
    let handle = given;
    let failure;
    try {
      if (check !== null) checked = check(value);
    } catch (error) {
      failure = error;
    }
    const waits = [];
    if (check !== null && isThenable(checked)) {
      waits.push(
        checked.then(
          (settled) => (checked = settled),
          (error) => (failure = error),
        ),
      );
    }
    if (isThenable(given)) {
      // A handle that cannot be had is as good as lost.
      const keep = (opened) => (handle = opened ?? LOST_HANDLE);
      waits.push(given.then(keep, () => keep(LOST_HANDLE)));
    }
    const go = () => {
      if (failure === undefined) this.#accept(kind, id, checked, handle, size, name);
      else this.#refuse(kind, id, failure, value, handle);
    };
    if (waits.length === 0 && this.#order === null) {
      go();
      return;
    }
    this.#order ??= new Order(this.#orderEnds);
    this.#order.add(waits.length === 0 ? null : Promise.all(waits), () => this.#link.isDeaf || go());
  }

  #refuse(kind, id, error, value, given) {
    const handle = given === LOST_HANDLE ? undefined : given;
    if (kind === MESSAGE) this.#link.invalid(error, value, handle);
    else if (kind === REQUEST) this.#link.refuseRequest(id, error, handle);
    else this.#link.requester.giveUp(id, error, kind === ITEM ? error : undefined);
  }

  #accept(kind, id, value, given, size, name) {
    const link = this.#link;
    const isLost = given === LOST_HANDLE;
    const handle = isLost ? undefined : given;
    switch (kind) {
      case MESSAGE:
        // With a handle, whose sender wants to know that it is here.
        if (id !== 0) link.acknowledge(id, handle);
        link.inbox.push(value, handle, size);
        break;
      case REQUEST:
        // The sender still has it, and has to hear that: an answer would say that it is here.
        if (isLost) link.refuseRequest(id, ipcError('ERR_PROCS_IPC_HANDLE_LOST', 'The handle got lost on the way'));
        else link.responder.onRequest(id, value, handle, name);
        break;
      case ANSWER:
        link.requester.onAnswer(id, value);
        break;
      case ERROR:
        link.requester.onError(id, value);
        break;
      case CANCEL:
        link.responder.onCancel(id, value);
        break;
      case STREAM:
        link.requester.onStream(id);
        break;
      case ITEM:
        link.requester.onItem(id, value);
        break;
      case DONE:
        link.requester.onDone(id, value);
        break;
      case WINDOW:
        link.responder.onWindow(id, value);
        break;
      case BYE:
        link.goodbye(value);
        break;
      default:
        link.fault(protocolError(`A frame of kind ${JSON.stringify(String.fromCharCode(kind))} came, which is not for a channel`));
    }
  }
}

/** undefined: it is not what it should be, and has to be looked at line by line. */
function parseAll(text, count) {
  let values;
  try {
    values = JSON.parse(text);
  } catch {
    return undefined; // the loop over the lines finds out which, and tells it
  }
  return values.length === count ? values : undefined;
}

function ignore() {}

module.exports = { Receiver };
