'use strict';
// From a value and what is said of it to a task that the engine has, or that waits here for room there.

const { codes } = require('../errors');
const { Backlog } = require('./backlog');
const { aborted, closed, queueFull } = require('./errors');
const { Extra } = require('./extra');
const { frames } = require('./inside');
const { Outgoing } = require('./outgoing');
const { Parcel, broadcast } = require('./parcel');
const { Settling } = require('./settling');
const { FIELDS, TaskOptions } = require('./task-options');

const { ERR_INVALID_ARG_VALUE } = codes;

const NO_OPTIONS = Object.freeze({ __proto__: null });

class Submission {
  /** Nothing new is taken. */
  isClosing = false;
  isClosed = false;
  outgoing;
  backlog;
  settling;

  #native;
  #options;
  #tasks;
  #room;
  #keeping;
  #onSettled;
  #encode = frames.encode;
  /** Tasks have nothing by default that the engine would have to be told of. */
  #isPlain;
  /** Tasks that wait for bytes of theirs (Blobs). */
  #preparing = 0;
  #lastReason = { reason: undefined, json: null };

  /**
   * @param {object} parts native: see Pool in native.d.ts; options: of poolOptions(); onSettled: tasks may have ended that nobody else tells of
   */
  constructor({ pool, native, options, tasks, room, keeping, onSettled }) {
    this.#native = native;
    this.#options = options;
    this.#tasks = tasks;
    this.#room = room;
    this.#keeping = keeping;
    this.#onSettled = onSettled;
    this.#isPlain = Object.values(options.task).every((value) => value === undefined);
    this.backlog = new Backlog(native);
    this.outgoing = new Outgoing(native, (line, numbers, key) => this.#refused(line, numbers, key));
    this.settling = new Settling(pool, (task, reason) => this.#abort(task, reason));
  }

  /** Whether nothing waits here any more. */
  get isEmpty() {
    return this.backlog.size === 0 && this.#preparing === 0;
  }

  /** A task without options. @returns {Promise<unknown>} */
  quick(value) {
    if (!this.#isPlain || this.isClosing || this.backlog.size > 0 || !this.settling.isUnwatched) return this.run(value, NO_OPTIONS);
    let json = '';
    try {
      // Which is what no JSON stands for.
      if (value !== undefined) json = this.#encode(value);
    } catch (error) {
      return Promise.reject(error);
    }
    const { id } = this.#tasks.open(null);
    const { promise } = this.#tasks;
    this.#opened();
    if (typeof json === 'string') this.outgoing.post(`Q${id}:${json}\n`, null);
    else this.#parcel(id, '', json, null, undefined, undefined);
    return promise;
  }

  /** @param {object | TaskOptions} given @returns {Promise<unknown>} */
  run(value, given) {
    try {
      return this.#submit(value, this.check(given));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** @param {object | TaskOptions} given @returns {TaskOptions} @throws what is wrong with the call, whatever its task is */
  check(given) {
    const options = given instanceof TaskOptions ? given : new TaskOptions(given, this.#options.task);
    if (options.filename !== undefined && this.#options.isForeign)
      throw new ERR_INVALID_ARG_VALUE('options.filename', options.filename, "is for workers in Node, and the pool has a 'program'");
    if (this.isClosing) throw closed();
    if (options.signal?.aborted) throw aborted(options.signal.reason);
    return options;
  }

  /** @throws what is wrong with it: nothing has been submitted then */
  #submit(value, options) {
    const { signal, terms, handle, keepOpen } = options;
    const { mark, message } = this.#addressed(value, options);
    const encoded = message === undefined ? '' : this.#encode(message, options.transfer);
    const extra = this.settling.extraOf(value, options, options.name ?? this.#options.name);
    const task = this.#tasks.open(extra);
    const { id } = task;
    const { promise } = this.#tasks;
    this.#opened();
    if (signal !== null) this.settling.watch(signal, task);
    if (typeof encoded === 'string' && handle === undefined) this.#line(id, `Q${id}${mark}:${encoded}\n`, terms);
    else this.#parcel(id, mark, encoded, terms, handle, keepOpen);
    return promise;
  }

  /** With a file of its own it is for a task of ours that runs tasks of other files. */
  #addressed(value, { filename, name, mark }) {
    if (filename === undefined || filename === this.#options.filename) return { mark, message: value };
    return { mark: '=procs.run', message: [filename, name ?? this.#options.name, value] };
  }

  #opened() {
    const { size } = this.#tasks;
    if (size === 1) this.#keeping.begin();
    if (size >= this.#room.capacity) this.#room.fill();
  }

  /** Callers that wait for room are served in their order. */
  #line(id, line, terms) {
    if (this.backlog.size === 0) {
      this.outgoing.post(line, terms);
    } else if (terms === null) {
      this.backlog.add(id, line);
    } else {
      const numbers = new Float64Array(FIELDS);
      terms.write(numbers, 0, 0, 0);
      this.backlog.add(id, line, numbers, terms.key);
    }
  }

  /** More than plain JSON. What is wrong with it is told by its promise. */
  #parcel(id, mark, encoded, terms, handle, keepOpen) {
    try {
      const parcel = new Parcel(encoded, handle, { keepOpen });
      const task = this.#tasks.get(id);
      if (parcel.settle !== null || parcel.pending !== null) task.extra ??= new Extra();
      if (parcel.settle !== null) task.extra.settle = parcel.settle;
      if (parcel.pending === null) this.#hand(id, mark, parcel, terms);
      else this.#prepare(task, mark, parcel, terms);
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #prepare(task, mark, parcel, terms) {
    const { id, extra } = task;
    parcel.keep();
    this.#preparing++;
    extra.isPreparing = true;
    const done = (error) => {
      this.#preparing--;
      extra.isPreparing = false;
      // It may have been given up meanwhile.
      if (this.#tasks.get(id) === task) {
        if (error === undefined) this.#handed(id, mark, parcel, terms);
        else this.#fail(id, error);
      }
      this.#onSettled();
    };
    parcel.pending.then(() => done(undefined), done);
  }

  #handed(id, mark, parcel, terms) {
    try {
      this.#hand(id, mark, parcel, terms);
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #hand(id, mark, parcel, terms) {
    if (parcel.isLine) {
      this.#line(id, `Q${id}~${mark}:${parcel.json}\n`, terms);
      return;
    }
    const submit = () => {
      try {
        return parcel.submit(this.#native, id, mark, terms);
      } catch (error) {
        this.#fail(id, error);
        return true;
      }
    };
    if (this.backlog.size === 0) {
      this.outgoing.flush();
      if (submit()) return;
      this.#room.refuse();
      if (!this.#mayWait(id)) {
        this.#refuse(id);
        return;
      }
    }
    parcel.keep();
    this.backlog.add(id, submit);
  }

  /** There was no room for it, or the pool has ended meanwhile. */
  #refused(line, numbers, key) {
    const id = Number.parseInt(line.slice(1), 10);
    this.#room.refuse();
    if (this.isClosed) this.#fail(id, closed());
    else if (this.#mayWait(id)) this.backlog.add(id, line, numbers, key);
    else this.#refuse(id);
  }

  #mayWait(id) {
    return this.#options.overflow === 'wait' || this.#tasks.get(id)?.extra?.waits === true;
  }

  #refuse(id) {
    this.#room.refused++;
    this.#fail(id, queueFull(this.#options.settings));
  }

  #fail(id, error) {
    this.settling.fail(this.#tasks.take(id), error, false);
    if (this.#tasks.size === 0) this.#keeping.idle();
  }

  #abort(task, reason) {
    const { id, extra } = task;
    this.outgoing.flush();
    // There may have been no room for it.
    if (this.#tasks.get(id) !== task) return;
    if (extra.isPreparing || this.backlog.remove(id)) {
      this.#fail(id, aborted(reason));
      this.#onSettled();
    } else {
      this.#native.abort(id, 'aborted', this.#reasonOf(reason));
    }
  }

  /** Ten thousand tasks mostly have one. */
  #reasonOf(reason) {
    if (this.#lastReason.json !== null && this.#lastReason.reason === reason) return this.#lastReason.json;
    const encoded = this.#encode(frames.describe(reason ?? aborted(undefined)));
    // What is more than JSON has no place in it.
    const short = { name: 'AbortError', message: `${reason?.message ?? 'The task was aborted'}`, code: 'ABORT_ERR' };
    const json = typeof encoded === 'string' ? encoded : JSON.stringify(short);
    this.#lastReason = { reason, json };
    return json;
  }

  /** A message to each worker that is up. @returns {number} to how many */
  broadcast(value) {
    if (this.isClosing) return 0;
    const encoded = this.#encode(value);
    this.outgoing.flush();
    return broadcast(this.#native, encoded);
  }

  /** Those that wait here are not handed over any more. @param {() => Error} makeError */
  drop(makeError) {
    for (const id of this.backlog.ids()) this.#fail(id, makeError());
    this.backlog.clear();
  }
}

module.exports = { Submission };
