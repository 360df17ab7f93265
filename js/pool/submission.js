'use strict';
// From a value and what is said of it to a task that the engine has, or that waits here for room there.

const { codes } = require('../errors');
const { aborted, closed, queueFull, unsent } = require('./errors');
const { Extra } = require('./extra');
const { frames } = require('./inside');
const { Outgoing } = require('./outgoing');
const { Parcel, broadcast } = require('./parcel');
const { Settling } = require('./settling');
const { FIELDS, TaskOptions, markOf, markOfName } = require('./task-options');
const { Waiting } = require('./waiting');

const { ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS } = codes;
const { isFlat, isPlain, isSimple } = frames.plain;

const NO_OPTIONS = Object.freeze({ __proto__: null });
/** In place of a value whose text cannot be made together with those of others. */
const NOT_FLAT = Symbol('not flat');

class Submission {
  /** Nothing new is taken. */
  isClosing = false;
  isClosed = false;
  outgoing;
  waiting;
  settling;

  #native;
  #options;
  #tasks;
  #room;
  #keeping;
  #encode = frames.encode;
  #encodeMore = frames.encodeMore;
  /** Of tasks that do not say whom they are for: workers of ours know it, others have to be told. */
  #mark;
  /** Tasks have nothing by default that the engine, or a worker, would have to be told of. */
  #isPlain;
  #lastReason = { reason: undefined, json: null };

  /**
   * @param {object} parts grip: of the pool; native: see Pool in native.d.ts; options: of poolOptions(); onSettled: tasks may have ended that nobody else tells of
   */
  constructor({ grip, native, options, tasks, room, keeping, onSettled }) {
    this.#native = native;
    this.#options = options;
    this.#tasks = tasks;
    this.#room = room;
    this.#keeping = keeping;
    this.#mark = options.program === undefined || options.name === 'default' ? '' : markOf(options.name);
    this.#isPlain = this.#mark === '' && options.filename !== null && Object.values(options.task).every((value) => value === undefined);
    this.waiting = new Waiting(native, tasks, (id, error) => this.#fail(id, error), onSettled);
    this.outgoing = new Outgoing(native, {
      onRefused: (line, numbers, key) => this.#refused(line, numbers, key),
      onUnsent: (id, error) => this.#fail(id, error),
    });
    this.settling = new Settling(grip, (task, reason) => this.#abort(task, reason));
  }

  /** @param {object | null | undefined} options @returns {Promise<unknown>} */
  ask(value, options) {
    if (options === undefined || options === null) return this.#quick(value, '', NO_OPTIONS);
    let mark;
    try {
      mark = markOfName(options);
    } catch {
      // A getter, or a Proxy: run() tells of it.
    }
    return mark === undefined ? this.run(value, options) : this.#quick(value, mark, options);
  }

  /**
   * A task without options, but for its name.
   * @param {string} mark of that
   * @param {object} options which say the same
   */
  #quick(value, mark, options) {
    if (!this.#isPlain || this.isClosing || this.waiting.backlog.size > 0 || !this.settling.isUnwatched) return this.run(value, options);
    let json = '';
    let tree = NOT_FLAT;
    try {
      let snapshot;
      if (typeof value === 'object' && value !== null) {
        if (isPlain(value)) {
          snapshot = { ...value };
          if (isFlat(snapshot)) tree = snapshot;
        }
      } else if (isSimple(value)) {
        tree = value;
      }
      // undefined is what no JSON stands for.
      if (tree === NOT_FLAT && value !== undefined) json = this.#encodeMore(value, undefined, snapshot);
    } catch (error) {
      return Promise.reject(error);
    }
    if (tree !== NOT_FLAT) return this.#gather(tree, mark);
    if (typeof json !== 'string') return this.run(value, options, json);
    const { id } = this.#tasks.open(null);
    const { promise } = this.#tasks;
    this.#opened();
    this.outgoing.post(`Q${id}${mark}:${json}\n`, null);
    return promise;
  }

  /** @param {unknown} tree which JSON says as it is: its text is made together with those of others */
  #gather(tree, mark) {
    const { id } = this.#tasks.open(null);
    const { promise } = this.#tasks;
    this.#opened();
    this.outgoing.postValue(id, mark, tree);
    return promise;
  }

  /**
   * @param {object | TaskOptions} given
   * @param {object} [encoded] what encode() has made of it
   * @returns {Promise<unknown>}
   */
  run(value, given, encoded) {
    try {
      return this.submit(value, this.check(given), encoded);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** @param {object | TaskOptions} given @returns {TaskOptions} @throws what is wrong with the call, whatever its task is */
  check(given) {
    const options = given instanceof TaskOptions ? given : new TaskOptions(given, this.#options.task);
    if (options.filename !== undefined && this.#options.program !== undefined)
      throw new ERR_INVALID_ARG_VALUE('options.filename', options.filename, "is for workers in Node, and the pool has a 'program'");
    if (options.filename === undefined && this.#options.filename === null) throw new ERR_MISSING_ARGS('options.filename');
    if (this.isClosing) throw closed();
    if (options.signal?.aborted) throw aborted(options.signal.reason);
    return options;
  }

  /**
   * @param {unknown} value
   * @param {TaskOptions} options of check()
   * @param {string | object} [encoded]
   * @returns {Promise<unknown>}
   * @throws what is wrong with the task: nothing has been submitted then
   */
  submit(value, options, encoded = this.#encoded(value, options)) {
    const { signal, terms, handle, keepOpen } = options;
    const isPlain = typeof encoded === 'string' && handle === undefined;
    const parcel = isPlain ? null : new Parcel(encoded, handle, { keepOpen });
    const task = this.#tasks.open(this.settling.extraOf(value, options, options.name ?? this.#options.name));
    const { id } = task;
    const { promise } = this.#tasks;
    this.#opened();
    if (signal !== null) this.settling.watch(signal, task);
    const mark = this.#isElsewhere(options) ? '=procs.run' : options.mark || this.#mark;
    if (isPlain) this.#line(id, `Q${id}${mark}:${encoded}\n`, terms);
    else this.#parcel(task, mark, parcel, terms);
    return promise;
  }

  #encoded(value, options) {
    const { filename, name, transfer } = options;
    // With a file of its own it is for a task of ours that runs tasks of other files.
    if (this.#isElsewhere(options)) return this.#encode([filename, name ?? this.#options.name, value], transfer);
    return value === undefined ? '' : this.#encode(value, transfer);
  }

  #isElsewhere({ filename }) {
    return filename !== undefined && filename !== this.#options.filename;
  }

  #opened() {
    const { size } = this.#tasks;
    if (size === 1) this.#keeping.begin();
    if (size >= this.#room.capacity) this.#room.fill();
  }

  /** Callers that wait for room are served in their order. */
  #line(id, line, terms) {
    if (this.waiting.backlog.size === 0) {
      this.outgoing.post(line, terms);
    } else if (terms === null) {
      this.waiting.forRoom(id, line, null, null);
    } else {
      const numbers = new Float64Array(FIELDS);
      terms.write(numbers, 0, 0, 0);
      this.waiting.forRoom(id, line, numbers, terms.key);
    }
  }

  /** More than plain JSON. */
  #parcel(task, mark, parcel, terms) {
    if (parcel.settle !== null || parcel.pending !== null) task.extra ??= new Extra();
    if (parcel.settle !== null) task.extra.settle = parcel.settle;
    if (parcel.pending === null) this.#hand(task.id, mark, parcel, terms);
    else this.#prepare(task, mark, parcel, terms);
  }

  #prepare(task, mark, parcel, terms) {
    parcel.keep();
    this.waiting.forBytes(task, terms, parcel.pending, (error) => {
      if (error === undefined) this.#hand(task.id, mark, parcel, terms);
      else this.#fail(task.id, unsent(error));
    });
  }

  #hand(id, mark, parcel, terms) {
    if (parcel.isLine) {
      this.#line(id, `Q${id}~${mark}:${parcel.json}\n`, terms);
      return;
    }
    const submit = () => {
      try {
        return parcel.submit(this.#native, id, mark, terms, this.waiting.waited(id));
      } catch (error) {
        this.#fail(id, unsent(error));
        return true;
      }
    };
    if (this.waiting.backlog.size === 0) {
      this.outgoing.flush();
      if (submit()) {
        this.waiting.over(id);
        return;
      }
      this.#room.refuse();
      if (!this.#mayWait(id)) {
        this.#refuse(id);
        return;
      }
    }
    parcel.keep();
    this.waiting.forRoom(id, submit, null, null, terms);
  }

  /** There was no room for it, or the pool has ended meanwhile. */
  #refused(line, numbers, key) {
    const id = Number.parseInt(line.slice(1), 10);
    this.#room.refuse();
    if (this.isClosed) this.#fail(id, closed());
    else if (this.#mayWait(id)) this.waiting.forRoom(id, line, numbers, key);
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
    this.waiting.over(id);
    this.settling.fail(this.#tasks.take(id), error, false);
    if (this.#tasks.size === 0) this.#keeping.idle();
  }

  #abort(task, reason) {
    this.outgoing.flush();
    // There may have been no room for it.
    if (this.#tasks.get(task.id) !== task || this.waiting.abort(task, reason)) return;
    task.extra.isAborted = true;
    this.#native.abort(task.id, 'aborted', this.#reasonOf(reason));
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
}

module.exports = { Submission };
