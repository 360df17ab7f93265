'use strict';
// Ties a Pool to the engine in Rust: tasks go there, answers and what else there is to know come from there.

const { AsyncResource } = require('node:async_hooks');
const { register, unregister } = require('../reactor');
const { decodeName } = require('../task-name');
const { Aborts } = require('./abort');
const { Backlog } = require('./backlog');
const diagnostics = require('./diagnostics');
const { WorkerError, aborted, because, closed, errorOfEnd, faultOf, nameOfSignal, queueFull } = require('./errors');
const { addPool, removePool } = require('./exit');
const { Extra } = require('./extra');
const { causeOf, exitOf, startError } = require('./start-failure');
const { Incoming } = require('./incoming');
const { frames } = require('./inside');
const { openEngine } = require('./launch');
const { Outgoing } = require('./outgoing');
const { Parcel, broadcast } = require('./parcel');
const { TaskOptions } = require('./task-options');
const { Tasks } = require('./tasks');
const { Workers } = require('./workers');

/** Places in a TaskEnd. */
const ID = 0;
const WHAT = 1;
const WORKER = 2;
/** Last words of workers, and what was wrong with them, kept for their tasks, which are told of a moment later. */
const MOST_WORDS = 256;

class Core {
  native;
  workers = new Workers();
  /** Nothing new is taken. */
  isClosing = false;
  isClosed = false;

  #pool;
  #options;
  #tasks = new Tasks();
  #outgoing;
  #incoming;
  #backlog;
  #aborts;
  /** What comes from workers belongs to the context in which the pool was made. */
  #scope = new AsyncResource('PROCS_POOL', { requireManualDestroy: true });
  /** Tasks have nothing by default that Rust would have to be told of. */
  #isPlain;
  /** Tasks from which on it is full, and up to which there is room again. */
  #capacity;
  #lowWater;
  #needsDrain = false;
  #hasRefused = false;
  /** Tasks for which there was no room. */
  refused = 0;
  /** Tasks that wait for bytes of theirs (Blobs). */
  #preparing = 0;
  #isReferenced = false;
  #explicit;
  #encode = frames.encode;
  /** Why workers cannot be started; null where they can. */
  #startFailure = null;
  /** What became of the process then. */
  #startExit = { exitCode: null, signal: null };
  /** @type {Map<number, Error>} by worker */
  #lastWords = new Map();
  /** What is to be told to the engine when nothing waits here any more. */
  #closes = null;
  #timer = null;
  #ending = null;
  #onEnd = null;
  /** @type {import('./output').WorkerOutput | null} */
  #output = null;
  #lastReason = { reason: undefined, described: null };

  constructor(pool, options) {
    this.#pool = pool;
    this.#options = options;
    this.#explicit = options.ref ? true : null;
    this.#isPlain = Object.values(options.task).every((value) => value === undefined);
    this.native = openEngine(options);
    if (options.worker.tagOutput !== null) {
      const { WorkerOutput } = require('./output');
      this.#output = new WorkerOutput((stream, line) => this.#scope.runInAsyncScope(pool.emit, pool, stream, line));
    }
    this.#backlog = new Backlog(this.native);
    this.#outgoing = new Outgoing(this.native, (line, numbers, key) => this.#refused(line, numbers, key));
    this.#incoming = new Incoming(this.native, this.#tasks, this);
    this.#aborts = new Aborts((task, reason) => this.#abort(task, reason));
    this.#measure();
    register(this.native.id, this);
    addPool(this.native);
    if (this.#explicit) this.#reference();
  }

  #measure() {
    const { maxQueue, maxWorkers, concurrentTasksPerWorker } = this.#options.settings;
    const atOnce = maxWorkers * concurrentTasksPerWorker;
    this.#capacity = maxQueue + atOnce;
    this.#lowWater = atOnce + Math.floor(maxQueue / 2);
  }

  configure(changed) {
    Object.assign(this.#options.settings, changed);
    this.#measure();
    if (!this.isClosed) this.native.configure(JSON.stringify(changed));
  }

  // Tasks.

  /** A task without options. @returns {Promise<unknown>} */
  quick(value) {
    if (
      !this.#isPlain ||
      this.isClosing ||
      this.#backlog.size > 0 ||
      diagnostics.submitted.hasSubscribers ||
      diagnostics.ended.hasSubscribers
    )
      return this.run(value, NO_OPTIONS);
    let json = '';
    try {
      // Which is what no JSON stands for.
      if (value !== undefined) json = this.#encode(value);
    } catch (error) {
      return Promise.reject(error);
    }
    const tasks = this.#tasks;
    const { id } = tasks.open(null);
    const { promise } = tasks;
    if (tasks.size === 1) this.#begin();
    if (tasks.size >= this.#capacity) this.#isFull();
    if (typeof json === 'string') this.#outgoing.post(`Q${id}:${json}\n`, null);
    else this.#post(id, '', json, null, undefined, undefined);
    return promise;
  }

  /** @param {object} given @returns {Promise<unknown>} */
  run(value, given) {
    try {
      return this.submit(value, given instanceof TaskOptions ? given : new TaskOptions(given, this.#options.task));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * @param {TaskOptions} options
   * @throws what is wrong with it: nothing has been submitted then
   */
  submit(value, options) {
    if (this.isClosing) throw closed();
    const { signal } = options;
    if (signal?.aborted) throw aborted(signal.reason);
    const { mark, message } = this.#addressed(value, options);
    const encoded = message === undefined ? '' : this.#encode(message, options.transfer);
    const extra = this.#extraOf(value, options);
    const { id } = this.#tasks.open(extra);
    const { promise, size } = this.#tasks;
    if (size === 1) this.#begin();
    if (size >= this.#capacity) this.#isFull();
    if (signal !== null) this.#aborts.watch(signal, this.#tasks.get(id));
    try {
      if (typeof encoded !== 'string' || options.handle !== undefined)
        this.#post(id, mark, encoded, options.terms, options.handle, options.keepOpen);
      else this.#postLine(id, `Q${id}${mark}:${encoded}\n`, options.terms);
    } catch (error) {
      promise.catch(ignore);
      this.#fail(this.#tasks.take(id), error, false);
      throw error;
    }
    return promise;
  }

  /** With a file of its own it is for a task of ours that runs tasks of other files. */
  #addressed(value, { filename, name, mark }) {
    if (filename === undefined || filename === this.#options.filename) return { mark, message: value };
    return { mark: '=procs.run', message: [filename, name ?? this.#options.name, value] };
  }

  #extraOf(value, options) {
    const { submitted, ended } = diagnostics;
    const isWatched = submitted.hasSubscribers || ended.hasSubscribers;
    if (options.signal === null && options.onProgress === null && !options.waits && !isWatched) return null;
    const extra = new Extra();
    extra.waits = options.waits;
    extra.signal = options.signal;
    if (options.onProgress !== null) extra.onProgress = options.onProgress;
    if (isWatched) {
      extra.about = { name: options.name ?? this.#options.name, since: performance.now() };
      submitted.publish({ pool: this.#pool, name: extra.about.name, task: value });
    }
    return extra;
  }

  #postLine(id, line, terms) {
    if (this.#backlog.size === 0) this.#outgoing.post(line, terms);
    else this.#wait(id, line, terms);
  }

  /** Callers that wait for room are served in their order. */
  #wait(id, line, terms) {
    if (terms === null) {
      this.#backlog.add(id, line);
      return;
    }
    const numbers = new Float64Array(8);
    terms.write(numbers, 0, 0, 0);
    this.#backlog.add(id, line, numbers, terms.key);
  }

  /** More than plain JSON. */
  #post(id, mark, encoded, terms, handle, keepOpen) {
    const parcel = new Parcel(encoded, handle, { keepOpen });
    if (parcel.settle !== null) {
      const task = this.#tasks.get(id);
      task.extra ??= new Extra();
      task.extra.settle = parcel.settle;
    }
    if (parcel.pending === null) {
      this.#hand(id, mark, parcel, terms);
      return;
    }
    parcel.keep();
    this.#preparing++;
    this.#tasks.get(id).extra ??= new Extra();
    const { extra } = this.#tasks.get(id);
    extra.isPreparing = true;
    const done = (error) => {
      this.#preparing--;
      extra.isPreparing = false;
      // It may have been given up meanwhile.
      const task = this.#tasks.get(id);
      if (task !== undefined && error === undefined) this.#hand(id, mark, parcel, terms);
      else if (task !== undefined) this.#fail(this.#tasks.take(id), error, false);
      this.#settleDown();
    };
    parcel.pending.then(() => done(undefined), done);
  }

  #hand(id, mark, parcel, terms) {
    if (parcel.isLine) {
      this.#postLine(id, `Q${id}~${mark}:${parcel.json}\n`, terms);
      return;
    }
    const submit = () => parcel.submit(this.native, id, mark, terms);
    if (this.#backlog.size > 0) {
      parcel.keep();
      this.#backlog.add(id, submit);
      return;
    }
    this.#outgoing.flush();
    if (submit()) return;
    this.#refusesNow();
    if (this.#mayWait(id)) {
      parcel.keep();
      this.#backlog.add(id, submit);
    } else {
      this.refused++;
      this.#fail(this.#tasks.take(id), queueFull(this.#options.settings), false);
    }
  }

  /** There was no room for it, or the pool has ended meanwhile. */
  #refused(line, numbers, key) {
    const id = Number.parseInt(line.slice(1), 10);
    this.#refusesNow();
    if (this.isClosed) {
      this.#fail(this.#tasks.take(id), closed(), false);
    } else if (this.#mayWait(id)) {
      this.#backlog.add(id, line, numbers, key);
    } else {
      this.refused++;
      this.#fail(this.#tasks.take(id), queueFull(this.#options.settings), false);
    }
  }

  #mayWait(id) {
    return this.#options.overflow === 'wait' || this.#tasks.get(id)?.extra?.waits === true;
  }

  #refusesNow() {
    this.#hasRefused = true;
    this.#isFull();
  }

  /** For run(), of tasks that all have these options, and wait for room. */
  prepare(given) {
    const options = new TaskOptions(given, this.#options.task);
    options.waits = true;
    return options;
  }

  /** Tasks that keep all workers busy, answers under way included. */
  get usualConcurrency() {
    const { maxWorkers, concurrentTasksPerWorker } = this.#options.settings;
    return Math.min(this.#capacity, AHEAD * maxWorkers * concurrentTasksPerWorker);
  }

  // Bounds, and whether the process is kept running.

  get pending() {
    return this.#tasks.size;
  }

  /** Lines of workers, where they come here. */
  get outputCounters() {
    return this.#output?.counters ?? null;
  }

  get needsDrain() {
    return this.#tasks.size >= this.#capacity || this.#hasRefused;
  }

  get queueSize() {
    return Math.max(0, this.#tasks.size - this.workers.upCount * this.#options.settings.concurrentTasksPerWorker);
  }

  #isFull() {
    if (this.#needsDrain) return;
    this.#needsDrain = true;
    process.nextTick(() => this.#inContext(() => this.#pool.emit('needsDrain')));
  }

  /** The first of the tasks that are open now. */
  #begin() {
    if (this.#explicit === null) this.#reference();
  }

  #reference() {
    if (this.#isReferenced || this.isClosed) return;
    this.#isReferenced = true;
    this.native.ref();
  }

  setReferenced(isReferenced) {
    this.#explicit = isReferenced;
    if (isReferenced) this.#reference();
    else this.#unreference();
  }

  #unreference() {
    if (!this.#isReferenced || this.isClosed) return;
    this.#isReferenced = false;
    this.native.unref();
  }

  /** Tasks have ended. */
  #settleDown() {
    const { size } = this.#tasks;
    if (this.#backlog.size > 0) this.#backlog.drain();
    if (this.#needsDrain && size <= this.#lowWater && this.#backlog.size === 0 && !this.#hasRefused) {
      this.#needsDrain = false;
      this.#inContext(() => this.emit('drain'));
    }
    if (this.#closes !== null && this.#backlog.size === 0 && this.#preparing === 0) {
      const { isForced } = this.#closes;
      this.#closes = null;
      this.native.close(isForced);
    }
    if (size > 0) return;
    if (this.#explicit === null && !this.isClosing) this.#unreference();
    this.#tasks.shrink();
  }

  // Called by the reactor.

  onWire(text, count) {
    if (count === 1) {
      this.#incoming.lines(text, 1);
    } else {
      this.#outgoing.gather();
      try {
        this.#incoming.lines(text, count);
      } finally {
        this.#outgoing.gathered();
      }
    }
    if (this.#tasks.size <= this.#lowWater || this.#backlog.size > 0) this.#settleDown();
  }

  onWireSegments(text, buffer) {
    this.#incoming.segments(text, buffer);
    this.#settleDown();
  }

  onTasksEnded(json) {
    this.#outgoing.gather();
    try {
      for (const end of JSON.parse(json)) {
        const task = this.#tasks.take(end[ID]);
        if (task !== undefined) this.#fail(task, this.#errorOf(task, end), end[WORKER] > 0, end[WORKER]);
      }
    } finally {
      this.#outgoing.gathered();
    }
    this.#settleDown();
  }

  #errorOf(task, end) {
    const error = errorOfEnd(end);
    if (this.#output !== null && end[WORKER] > 0) this.#addLastLines(error, end[WORKER]);
    switch (end[WHAT]) {
      case 'aborted':
        return aborted(task.extra?.signal?.reason, error);
      case 'start':
        return this.#startFailure === null ? error : startError(Object.assign(error, this.#startExit), frames.revive(this.#startFailure));
      default:
        return because(error, this.#lastWords.get(end[WORKER]));
    }
  }

  /** What it has written to stderr last, where that comes here: often it says why. */
  #addLastLines(error, workerId) {
    const lines = this.#output.lastLines(workerId);
    if (lines.length > 0) error.lastLines = lines;
  }

  onPoolNotes(json) {
    for (const note of JSON.parse(json)) this.#inContext(() => this.#note(note));
  }

  onEnd() {
    this.isClosing = true;
    this.#outgoing.flush();
    this.isClosed = true;
    unregister(this.native.id);
    removePool(this.native);
    this.#backlog.clear();
    for (const task of this.#tasks.takeAll()) this.#fail(task, closed(), false);
    clearTimeout(this.#timer);
    this.#output?.finish();
    this.#ending ??= Promise.resolve();
    this.#onEnd?.();
    this.#inContext(() => this.emit('close'));
    this.#scope.emitDestroy();
  }

  // Called by what comes in.

  onAnswer(task, value, worker) {
    this.#done(task, null, value, true, worker);
    task.resolve(value);
  }

  onError(task, error, worker) {
    // A handle that got lost on the way is the caller's still.
    this.#fail(task, error, error?.code !== 'ERR_PROCS_IPC_HANDLE_LOST', worker);
  }

  onProgress(task, value) {
    task.extra.progress(value);
  }

  onMessage(topic, value, worker) {
    this.#inContext(() => this.#pool.emit('message', value, { name: nameOf(topic), workerId: worker }));
  }

  onThrown(error) {
    process.nextTick(throwAgain, error);
  }

  /** A message to each worker that is up. @returns {number} to how many */
  broadcast(value) {
    if (this.isClosing) return 0;
    this.#outgoing.flush();
    return broadcast(this.native, this.#encode(value));
  }

  #fail(task, error, hasArrived, worker = 0) {
    if (task === undefined) return;
    this.#done(task, error, undefined, hasArrived, worker);
    task.reject(error);
  }

  #done(task, error, result, hasArrived, workerId) {
    const { id, extra } = task;
    if (extra === null) return;
    if (extra.signal !== null) this.#aborts.forget(extra.signal, task);
    extra.end(hasArrived);
    const { about } = extra;
    if (about === null || !diagnostics.ended.hasSubscribers) return;
    const duration = performance.now() - about.since;
    const message = { pool: this.#pool, taskId: id, name: about.name, workerId, duration };
    diagnostics.ended.publish(error === null ? { ...message, result } : { ...message, error });
  }

  #abort(task, reason) {
    const { id, extra } = task;
    if (this.#tasks.get(id) !== task) return;
    if (this.#backlog.remove(id) || extra.isPreparing) {
      this.#fail(this.#tasks.take(id), aborted(reason), false);
      this.#settleDown();
      return;
    }
    this.#outgoing.flush();
    this.native.abort(id, 'aborted', this.#reasonOf(reason));
  }

  /** Ten thousand tasks mostly have one. */
  #reasonOf(reason) {
    const { described } = this.#lastReason;
    if (described !== null && this.#lastReason.reason === reason) return described;
    const encoded = this.#encode(frames.describe(reason ?? aborted(undefined)));
    // What is more than JSON has no place in it.
    const json =
      typeof encoded === 'string'
        ? encoded
        : JSON.stringify({ name: 'AbortError', message: String(reason?.message ?? 'Aborted'), code: 'ABORT_ERR' });
    this.#lastReason = { reason, described: json };
    return json;
  }

  /** @param {unknown[]} note see src/pool/notes.rs */
  #note([kind, workerId, ...details]) {
    switch (kind) {
      case 'started': {
        const [pid, fds] = details;
        this.workers.started(workerId, pid);
        this.#output?.started(workerId, pid, fds);
        this.#tell('workerStart', 'start', { workerId, pid });
        break;
      }
      case 'up': {
        const [bootTime] = details;
        const worker = this.workers.up(workerId, bootTime);
        this.#startFailure = null;
        this.#tell('workerUp', 'up', { workerId, pid: worker?.pid ?? 0, bootTime });
        break;
      }
      case 'gone':
        this.#gone(workerId, ...details);
        break;
      case 'setup-failed': {
        const [described, isTagged] = details;
        this.#startFailure = isTagged ? frames.decode(described) : described;
        break;
      }
      case 'start-failed': {
        const [failure, retry] = details;
        this.#startFailed(workerId, failure, retry);
        break;
      }
      case 'drain':
        this.#hasRefused = false;
        this.#settleDown();
        break;
      case 'fault': {
        const error = faultOf(details[0]);
        this.#keepWords(workerId, error);
        this.#tell('workerFault', 'fault', { workerId, error });
        break;
      }
      default:
        // What else there is to know, of the machine and of the crew: 'soft-limit' becomes 'softLimit'.
        this.emit(
          kind.replace(/-(\w)/g, (_, letter) => letter.toUpperCase()),
          workerId,
          ...details,
        );
    }
  }

  /** @param {number | null} retry milliseconds until it is tried again; null: it is not */
  #startFailed(workerId, failure, retry) {
    if (failure[0] !== 'setup' || this.#startFailure === null) this.#startFailure = frames.describe(causeOf(failure));
    this.#startExit = exitOf(failure);
    const error = startError(new WorkerError('start', { workerId, ...this.#startExit }), frames.revive(this.#startFailure));
    this.#tell('workerStartFailed', 'start-failed', { workerId, error, retry });
    // Those that wait are told by their promises.
    if (this.#tasks.size === 0 && this.#pool.listenerCount('error') > 0) this.emit('error', error);
  }

  #gone(workerId, pid, exitCode, signal, reason, why, goodbye) {
    this.#output?.gone(workerId);
    this.workers.gone(workerId);
    let error = null;
    if (goodbye !== null && goodbye !== undefined) {
      error = frames.revive(goodbye);
      this.#keepWords(workerId, error);
    }
    const details = { workerId, pid, exitCode, signal: nameOfSignal(signal), reason, why, error };
    this.#tell('workerExit', 'exit', details);
  }

  #keepWords(workerId, error) {
    const kept = this.#lastWords;
    kept.set(workerId, error);
    if (kept.size > MOST_WORDS) kept.delete(kept.keys().next().value);
  }

  /** An event, and the same for diagnostics_channel. */
  #tell(name, event, details) {
    if (diagnostics.worker.hasSubscribers) diagnostics.worker.publish({ pool: this.#pool, event, ...details });
    this.emit(name, details);
  }

  #inContext(action) {
    this.#scope.runInAsyncScope(action);
  }

  /** What a listener throws is not the engine's concern: it becomes an uncaughtException of its own. */
  emit(name, ...given) {
    try {
      this.#pool.emit(name, ...given);
    } catch (error) {
      process.nextTick(throwAgain, error);
    }
  }

  // Its end.

  /** @param {boolean} isForced tasks that have not begun are given up @returns {Promise<void>} */
  close(isForced) {
    if (this.isClosed) return this.#whenEnded();
    if (!this.isClosing) {
      this.isClosing = true;
      this.#reference();
      this.#outgoing.flush();
      if (isForced) this.#dropWaiting((id) => aborted(undefined, new WorkerError('aborted', { id })));
      const { closeTimeout } = this.#options;
      if (closeTimeout !== Infinity) this.#timer = setTimeout(() => this.destroy(0), closeTimeout);
      this.#closes = { isForced };
      this.#settleDown();
    }
    return this.#whenEnded();
  }

  /** @param {number} grace milliseconds @returns {Promise<void>} */
  destroy(grace) {
    if (this.isClosed) return this.#whenEnded();
    this.isClosing = true;
    this.#reference();
    this.#outgoing.flush();
    this.#closes = null;
    this.#dropWaiting(closed);
    this.native.destroy(grace);
    return this.#whenEnded();
  }

  #dropWaiting(makeError) {
    for (const id of this.#backlog.ids()) this.#fail(this.#tasks.take(id), makeError(id), false);
    this.#backlog.clear();
  }

  #whenEnded() {
    this.#ending ??= new Promise((resolve) => {
      this.#onEnd = resolve;
    });
    return this.#ending;
  }
}

/** Tasks a worker of map(): as many as are prefetched of the smallest ones. */
const AHEAD = 64;
const NO_OPTIONS = Object.freeze({ __proto__: null });

/** A program of another language may not have encoded it. */
function nameOf(topic) {
  if (topic === '') return undefined;
  try {
    return decodeName(topic);
  } catch {
    return topic;
  }
}

function throwAgain(error) {
  throw error;
}

function ignore() {}

module.exports = { Core };
