'use strict';
// Ties a Pool to the engine in Rust: tasks go there, answers and what else there is to know come from there.

const { AsyncResource } = require('node:async_hooks');
const { register, unregister } = require('../reactor');
const { decodeName } = require('../task-name');
const { uncaught } = require('../uncaught');
const { closed } = require('./errors');
const { Ending } = require('./ending');
const { enter, leave } = require('./exit');
const { Grip } = require('./grip');
const { Incoming } = require('./incoming');
const { Keeping } = require('./keeping');
const { prepare } = require('./later');
const { Notes } = require('./notes');
const { Room } = require('./room');
const { Submission } = require('./submission');
const { TaskOptions } = require('./task-options');
const { Tasks } = require('./tasks');

/** Places in a TaskEnd. */
const ID = 0;
const WORKER = 2;
/** Tasks a worker of map(): as many as are prefetched of the smallest ones. */
const AHEAD = 64;

class Core {
  native;
  room;
  /** Through which tasks are given. */
  submission;

  #grip;
  #options;
  #tasks = new Tasks();
  #incoming;
  #notes;
  #keeping;
  /** What comes from workers belongs to the context in which the pool was made. */
  #scope = new AsyncResource('PROCS_POOL', { requireManualDestroy: true });
  #ending;
  #isPrepared = false;

  /** @param {object} pool @param {object} options of poolOptions() @param {object} native see Pool in native.d.ts */
  constructor(pool, options, native) {
    this.#options = options;
    this.native = native;
    // No function that is made in here may name the pool: it would hold it.
    const grip = new Grip(pool, this);
    this.#grip = grip;
    this.#keeping = new Keeping(native, options.ref, grip);
    this.room = new Room(options.settings, (name) => this.#inContext(() => this.emit(name)));
    this.submission = new Submission({
      grip,
      native,
      options,
      tasks: this.#tasks,
      room: this.room,
      keeping: this.#keeping,
      onSettled: () => this.#settleDown(),
    });
    this.#ending = new Ending(native, options, this.submission, this.#keeping);
    this.#incoming = new Incoming(native, this.#tasks, this);
    this.#notes = new Notes(grip, {
      emit: (name, ...given) => this.emit(name, ...given),
      onDrain: () => {
        this.room.drain();
        this.#settleDown();
      },
      onGone: (worker) => this.#ending.gone(worker),
      isIdle: () => this.#tasks.size === 0,
    });
    if (options.worker.tagOutput !== null) {
      const { WorkerOutput } = require('./output');
      this.#notes.output = new WorkerOutput((stream, line) => this.#scope.runInAsyncScope(() => grip.pool?.emit(stream, line) === true));
    }
    register(native.id, this);
    enter(this);
  }

  configure(changed) {
    Object.assign(this.#options.settings, changed);
    this.room.measure(this.#options.settings);
    if (!this.isClosed) this.native.configure(JSON.stringify(changed));
  }

  /** For run(), of tasks that all have these options, and wait for room. */
  prepare(given) {
    const options = new TaskOptions(given, this.#options.task);
    options.waits = true;
    return options;
  }

  /** For that worker and no other. */
  runOn(workerId, value, given) {
    return this.submission.run(value, new TaskOptions(given, this.#options.task).onWorker(workerId));
  }

  /** Tasks that keep all workers busy, answers under way included. */
  get usualConcurrency() {
    const { maxWorkers, concurrentTasksPerWorker } = this.#options.settings;
    return Math.min(this.room.capacity, AHEAD * maxWorkers * concurrentTasksPerWorker);
  }

  get workers() {
    return this.#notes.workers.list;
  }

  get pending() {
    return this.#tasks.size;
  }

  get needsDrain() {
    return this.room.isFull(this.#tasks.size);
  }

  /** More than can run at once. */
  get queueSize() {
    return Math.max(0, this.#tasks.size - this.#notes.workers.upCount * this.#options.settings.concurrentTasksPerWorker);
  }

  /** Lines of workers, where they come here. */
  get outputCounters() {
    return this.#notes.output?.counters ?? null;
  }

  get isClosing() {
    return this.submission.isClosing;
  }

  get isClosed() {
    return this.submission.isClosed;
  }

  set hasListeners(hasListeners) {
    this.#grip.hasListeners = hasListeners;
  }

  setReferenced(isReferenced) {
    this.#keeping.say(isReferenced);
  }

  /** Tasks have ended. */
  #settleDown() {
    const { backlog } = this.submission.waiting;
    if (backlog.size > 0) backlog.drain();
    const { size } = this.#tasks;
    if (backlog.size === 0) this.room.settle(size);
    this.#ending.settle();
    if (size > 0) return;
    this.#keeping.idle();
    this.#tasks.shrink();
  }

  // Called by the reactor.

  onWire(text, count) {
    if (!this.#isPrepared) {
      this.#isPrepared = true;
      setImmediate(prepare);
    }
    if (count === 1) {
      this.#incoming.lines(text, 1);
    } else {
      this.submission.outgoing.gather();
      try {
        this.#incoming.lines(text, count);
      } finally {
        this.submission.outgoing.gathered();
      }
    }
    if (this.room.isLow(this.#tasks.size) || this.submission.waiting.backlog.size > 0) this.#settleDown();
  }

  onWireSegments(text, buffer) {
    this.#incoming.segments(text, buffer);
    this.#settleDown();
  }

  onTasksEnded(json) {
    this.submission.outgoing.gather();
    try {
      for (const end of JSON.parse(json)) {
        const task = this.#tasks.take(end[ID]);
        if (task !== undefined) this.submission.settling.fail(task, this.#notes.errorOf(task, end), end[WORKER] > 0, end[WORKER]);
      }
    } finally {
      this.submission.outgoing.gathered();
    }
    this.#settleDown();
  }

  onPoolNotes(json) {
    for (const note of JSON.parse(json)) this.#inContext(() => this.#notes.take(note));
  }

  onEnd() {
    const { submission } = this;
    submission.isClosing = true;
    submission.outgoing.flush();
    submission.isClosed = true;
    this.#keeping.over();
    unregister(this.native.id);
    leave(this);
    submission.waiting.backlog.clear();
    for (const task of this.#tasks.takeAll()) submission.settling.fail(task, closed(), false);
    this.#notes.output?.finish();
    this.#ending.over();
    this.#inContext(() => this.emit('close'));
    this.#scope.emitDestroy();
  }

  // Called by what comes in.

  onAnswer(task, value, worker) {
    this.submission.settling.answer(task, value, worker);
  }

  onError(task, error, worker) {
    // A handle that got lost on the way is the caller's still.
    this.submission.settling.fail(task, error, error?.code !== 'ERR_PROCS_IPC_HANDLE_LOST', worker);
  }

  onProgress(task, value) {
    task.extra.progress(value);
  }

  onMessage(topic, value, worker) {
    this.#inContext(() => this.#grip.pool?.emit('message', value, { name: nameOf(topic), workerId: worker }));
  }

  onThrown(error) {
    uncaught(error);
  }

  #inContext(action) {
    this.#scope.runInAsyncScope(action);
  }

  /** What a listener throws is not the engine's concern: it becomes an uncaughtException of its own. */
  emit(name, ...given) {
    try {
      this.#grip.pool?.emit(name, ...given);
    } catch (error) {
      uncaught(error);
    }
  }

  // Its end.

  close(isForced) {
    return this.#ending.close(isForced, () => this.#settleDown());
  }

  destroy(grace) {
    return this.#ending.destroy(grace);
  }

  shutdown(timeout) {
    return this.#ending.shutdown(timeout);
  }

  /** The pool is garbage. */
  abandoned() {
    if (this.isClosing) return;
    if (this.workers.length > 0) process.emitWarning(...ABANDONED);
    this.#ending.abandon();
  }

  /** Of the exit of this process. */
  end() {
    this.native.end();
  }
}

const ABANDONED = [
  'A Pool that was not closed is garbage: its workers are ended. Call close(), or declare it with `await using`.',
  { __proto__: null, code: 'PROCS_POOL_ABANDONED' },
];

/** A program of another language may not have encoded it. */
function nameOf(topic) {
  if (topic === '') return undefined;
  try {
    return decodeName(topic);
  } catch {
    return topic;
  }
}

module.exports = { Core };
