'use strict';
// Answers of workers, as the engine hands them over: of several workers together, with one JSON.parse for all of them.

const { native: addon } = require('../native');
const { meta } = require('../reactor');
const { ADDRESSED, DESCRIPTORS, FIELDS, FRAME_FLAGS, FRAME_HANDLES, FRAME_ID, FRAME_KIND, NO_JSON, SAME_TOPIC } = require('../wire-meta');
const { takeHandles } = require('../wire-parts');
const { frames } = require('./inside');
const { garbage } = require('./errors');
const { openSegments } = require('./parcel');

// Kinds, as the addon tells them.
const ANSWER = 82;
const ERROR = 69;
const PROGRESS = 74;
const MESSAGE = 77;

/** Which worker a frame is from stands behind its flags. */
const WORKER_SHIFT = 8;
const FLAGS = (1 << WORKER_SHIFT) - 1;

class Incoming {
  #native;
  #tasks;
  #events;
  /** Of the message before, where the next has the same. */
  #topic = '';

  /**
   * @param {object} native see Pool in native.d.ts
   * @param {import('./tasks').Tasks} tasks
   * @param {{ onAnswer(task, value, worker): void, onError(task, error, worker): void, onProgress(task, value): void,
   *   onMessage(name, value, worker): void, onThrown(error): void }} events onAnswer and onError: of tasks that have something besides
   */
  constructor(native, tasks, events) {
    this.#native = native;
    this.#tasks = tasks;
    this.#events = events;
  }

  /** Frames that are nothing but their line. */
  lines(text, count) {
    const values = count === 1 ? parseOne(text) : parseAll(text, count);
    if (values === undefined) {
      this.#oneByOne(text, count);
      return;
    }
    const about = meta();
    const tasks = this.#tasks;
    for (let i = 0, at = 0; i < count; i++, at += FIELDS) {
      // Most are plain answers to tasks that have nothing besides.
      if (about[at + FRAME_KIND] === ANSWER && (about[at + FRAME_FLAGS] & FLAGS) === 0 && about[at + FRAME_HANDLES] === 0) {
        const task = tasks.take(about[at + FRAME_ID]);
        if (task === undefined) continue;
        if (task.extra === null) task.resolve(values[i]);
        else this.#events.onAnswer(task, values[i], about[at + FRAME_FLAGS] >>> WORKER_SHIFT);
      } else {
        this.#frame(about, at, values[i]);
      }
    }
  }

  /** One of them is no JSON: its worker is not to be trusted any more, the others are not concerned. */
  #oneByOne(text, count) {
    const lines = count === 1 ? [text] : text.slice(1, -1).split(',\n');
    const about = meta();
    for (let i = 0, at = 0; i < count; i++, at += FIELDS) {
      let value;
      try {
        value = JSON.parse(lines[i]);
      } catch (error) {
        closeAll(takeHandles(this.#native, about[at + FRAME_HANDLES] & DESCRIPTORS));
        this.#condemn(about, at, garbage(lines[i], error));
        continue;
      }
      this.#frame(about, at, value);
    }
  }

  #frame(about, at, parsed) {
    const kind = about[at + FRAME_KIND];
    const flags = about[at + FRAME_FLAGS] & FLAGS;
    const count = about[at + FRAME_HANDLES] & DESCRIPTORS;
    // Passed over by the engine: nobody waits for it any more.
    if (kind === 0) {
      closeAll(takeHandles(this.#native, count));
      return;
    }
    let value = parsed;
    if (kind === MESSAGE) {
      if ((flags & ADDRESSED) === 0) this.#topic = '';
      else if ((flags & SAME_TOPIC) === 0) [this.#topic, value] = parsed;
    }
    try {
      if (flags === NO_JSON && count === 0) value = undefined;
      else if (flags !== 0 || count > 0) ({ value } = frames.openFrame(value, null, takeHandles(this.#native, count), flags));
    } catch (error) {
      this.#condemn(about, at, error);
      return;
    }
    this.#accept(kind, about[at + FRAME_ID], value, about[at + FRAME_FLAGS] >>> WORKER_SHIFT);
  }

  /** One frame with segments. */
  segments(text, buffer) {
    const about = meta();
    const kind = about[FRAME_KIND];
    if (kind === 0) return;
    const worker = about[FRAME_FLAGS] >>> WORKER_SHIFT;
    const id = about[FRAME_ID];
    let value;
    try {
      const fds = takeHandles(this.#native, about[FRAME_HANDLES] & DESCRIPTORS);
      value = openSegments(this.#native, worker, about, about[FRAME_FLAGS] & FLAGS, text, buffer, fds);
    } catch (error) {
      this.#condemn(about, 0, error);
      return;
    }
    if (kind === MESSAGE && (about[FRAME_FLAGS] & ADDRESSED) !== 0) [this.#topic, value] = value;
    else if (kind === MESSAGE) this.#topic = '';
    this.#accept(kind, id, value, worker);
  }

  #accept(kind, id, value, worker) {
    try {
      switch (kind) {
        case ANSWER:
        case ERROR: {
          const task = this.#tasks.take(id);
          if (task === undefined) break;
          if (kind === ERROR) this.#events.onError(task, frames.revive(value), worker);
          else if (task.extra === null) task.resolve(value);
          else this.#events.onAnswer(task, value, worker);
          break;
        }
        case PROGRESS: {
          const task = this.#tasks.get(id);
          if (task !== undefined && task.extra !== null) this.#events.onProgress(task, value);
          break;
        }
        case MESSAGE:
          this.#events.onMessage(this.#topic, value, worker);
          break;
      }
    } catch (error) {
      // A listener's. Those behind it come all the same.
      this.#events.onThrown(error);
    }
  }

  #condemn(about, at, error) {
    const worker = about[at + FRAME_FLAGS] >>> WORKER_SHIFT;
    const kind = about[at + FRAME_KIND];
    this.#native.condemn(worker, `${error.code ?? 'ERR_PROCS_IPC_GARBAGE'} ${error.message}`);
    if (kind !== ANSWER && kind !== ERROR) return;
    const task = this.#tasks.take(about[at + FRAME_ID]);
    if (task !== undefined) this.#events.onError(task, error, worker);
  }
}

/** Those of a frame that nobody looks at: what is behind it has its own. */
function closeAll(fds) {
  for (const fd of fds) if (fd >= 0) addon().closeFd(fd);
}

function parseOne(text) {
  try {
    return [JSON.parse(text)];
  } catch {
    return undefined; // told of by whoever looks at the lines one by one
  }
}

/** undefined: one of them is no JSON, or more than one. */
function parseAll(text, count) {
  let values;
  try {
    values = JSON.parse(text);
  } catch {
    return undefined;
  }
  return values.length === count ? values : undefined;
}

module.exports = { Incoming };
