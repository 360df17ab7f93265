'use strict';
// run(), so many at once and as the machine can bear: who comes next is decided in Rust, by the queue of Pool; here it is started.

const { EventEmitter } = require('node:events');
let parts = null;

/** Loaded with the first pool: who imports all names of the package may never make one. */
function load() {
  if (parts !== null) return parts;
  const { genericNodeError } = require('../errors');
  const { native } = require('../native');
  const { callOf, prepare } = require('../run')[Symbol.for('@x/procs.inside')]();
  const { Command } = require('./command');
  const { commandPoolOptions, settingsJson, taskOptions } = require('./command-options');
  parts = { Command, callOf, commandPoolOptions, genericNodeError, native, prepare, settingsJson, taskOptions };
  return parts;
}

/** Starts in one turn: each takes a tenth of a millisecond of it. */
const AT_ONCE = 16;
const LAST_ID = 2 ** 30 - 1;

class CommandPool extends EventEmitter {
  #options;
  #queue;
  /** @type {Map<number, Command>} those that wait, by id */
  #waiting = new Map();
  /** @type {Map<number, Command>} those that run, likewise */
  #running = new Map();
  #lastId = 0;
  #timer = null;
  #isPumping = false;
  #isAgainSoon = false;
  #isClosing = false;
  #whenIdle = null;
  #isAboveSoft = false;
  #held = null;
  #needsDrain = false;
  #completed = 0;
  #failed = 0;
  #unstarted = 0;

  constructor(options) {
    super();
    const { commandPoolOptions, native, settingsJson } = load();
    this.#options = commandPoolOptions(options);
    const { CommandQueue } = native();
    this.#queue = new CommandQueue(settingsJson(this.#options));
  }

  async run(...given) {
    const { Command, callOf, prepare, taskOptions } = load();
    const { file, args, options } = callOf(given, 'run');
    const { own, rest } = taskOptions(options);
    const command = new Command(prepare(file, args, rest), own.onStart, this.run);
    if (this.#isClosing) throw closed();
    const { priority = 0, key, queueTimeout = this.#options.queueTimeout } = own;
    command.id = this.#nextId();
    const within = queueTimeout === 0 ? Infinity : queueTimeout;
    if (!this.#queue.push(command.id, priority, key === undefined ? null : `${key}`, within)) {
      this.#needsDrain = true;
      throw full(this.#options.maxQueue);
    }
    this.#waiting.set(command.id, command);
    command.whenAborted(() => this.#abort(command));
    this.#pump();
    return command.promise;
  }

  #nextId() {
    do this.#lastId = this.#lastId === LAST_ID ? 1 : this.#lastId + 1;
    while (this.#waiting.has(this.#lastId) || this.#running.has(this.#lastId));
    return this.#lastId;
  }

  /** Starts what may be started, and comes back when it is to be asked again. */
  #pump() {
    // onStart() may call run().
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (let id = this.#queue.expired(); id !== 0; id = this.#queue.expired()) this.#expire(this.#taken(id));
    let count = 0;
    for (let id; count < AT_ONCE; count++) {
      id = this.#queue.next();
      if (id === 0) break;
      this.#start(this.#taken(id));
    }
    this.#isPumping = false;
    this.#comeBack(count === AT_ONCE);
    this.#tell();
  }

  #taken(id) {
    const command = this.#waiting.get(id);
    this.#waiting.delete(id);
    return command;
  }

  #start(command) {
    this.#running.set(command.id, command);
    command.start((isWell) => {
      this.#running.delete(command.id);
      this.#queue.over(command.id);
      this.#count(isWell);
      this.#pump();
    });
  }

  #count(isWell) {
    if (isWell) this.#completed++;
    else this.#failed++;
  }

  #expire(command) {
    this.#unstarted++;
    command.giveUp(tooLate(performance.now() - command.since));
  }

  /** run() says what has become of it: the signal is aborted, so nothing is started. */
  #abort(command) {
    if (!this.#queue.remove(command.id)) return;
    this.#waiting.delete(command.id);
    this.#unstarted++;
    command.start(() => this.#pump());
  }

  #comeBack(isSoon) {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (isSoon) {
      // The rest when the loop has had a turn.
      if (!this.#isAgainSoon) setImmediate(() => this.#again());
      this.#isAgainSoon = true;
      return;
    }
    const wait = this.#queue.wait();
    // What has been accepted keeps the process alive, whatever it waits for.
    if (wait >= 0) this.#timer = setTimeout(() => this.#pump(), Math.ceil(wait));
  }

  #again() {
    this.#isAgainSoon = false;
    this.#pump();
  }

  #tell() {
    const { size: running } = this.#running;
    const isAbove = running >= this.#options.softLimit;
    if (isAbove && !this.#isAboveSoft) this.#emitSoon('softLimit', { running });
    this.#isAboveSoft = isAbove;
    const held = this.#queue.held();
    if (held !== null && held !== this.#held) this.#emitSoon('held', { reason: held, queued: this.queueSize, running });
    this.#held = held;
    if (this.#needsDrain && this.#hasRoom()) {
      this.#needsDrain = false;
      this.#emitSoon('drain');
    }
    if (this.#waiting.size + this.#running.size === 0) this.#idle();
  }

  /** As push() has it. */
  #hasRoom() {
    const { concurrency, hardLimit, maxQueue } = this.#options;
    return this.#waiting.size < maxQueue + Math.max(0, Math.min(concurrency, hardLimit) - this.#running.size);
  }

  /** Not in the middle of run(): who calls it has not got its promise yet. */
  #emitSoon(name, ...details) {
    process.nextTick(() => this.emit(name, ...details));
  }

  #idle() {
    if (this.#isClosing) this.#whenIdle?.resolve();
  }

  configure(options) {
    const { ageing } = this.#options;
    const { commandPoolOptions, settingsJson } = load();
    this.#options = { ...commandPoolOptions(options, this.#options), ageing };
    this.#queue.configure(settingsJson(this.#options));
    this.#pump();
    return this;
  }

  async close() {
    return this.#end();
  }

  async destroy() {
    this.#isClosing = true;
    for (const command of [...this.#waiting.values()]) {
      this.#queue.remove(command.id);
      this.#waiting.delete(command.id);
      this.#unstarted++;
      command.giveUp(closed());
    }
    for (const { subprocess } of this.#running.values()) subprocess?.kill();
    this.#pump();
    return this.#end();
  }

  #end() {
    this.#isClosing = true;
    this.#whenIdle ??= withResolvers();
    if (this.#waiting.size + this.#running.size === 0) this.#whenIdle.resolve();
    return this.#whenIdle.promise;
  }

  stats() {
    return {
      ...JSON.parse(this.#queue.stats()),
      completed: this.#completed,
      failed: this.#failed,
      unstarted: this.#unstarted,
    };
  }

  get queueSize() {
    return this.#waiting.size;
  }

  get running() {
    return this.#running.size;
  }

  get needsDrain() {
    return this.#needsDrain;
  }

  get isClosed() {
    return this.#isClosing;
  }

  get options() {
    return { ...this.#options };
  }
}

// Missing in the vm contexts of Node 20, where Jest runs modules.
if (Symbol.asyncDispose) {
  CommandPool.prototype[Symbol.asyncDispose] = function () {
    return this.close();
  };
}

function withResolvers() {
  const all = {};
  all.promise = new Promise((resolve, reject) => Object.assign(all, { resolve, reject }));
  return all;
}

function full(maxQueue) {
  return load().genericNodeError(`The queue is full: ${maxQueue} commands wait (maxQueue)`, { code: 'ERR_PROCS_QUEUE_FULL' });
}

function closed() {
  return load().genericNodeError('The pool is closed', { code: 'ERR_PROCS_POOL_CLOSED' });
}

function tooLate(waited) {
  return load().genericNodeError(`The command was not started in time: it has waited for ${Math.round(waited)} ms`, {
    code: 'ERR_PROCS_TASK_QUEUE_TIMEOUT',
  });
}

module.exports = { CommandPool };
