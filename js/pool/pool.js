'use strict';
// A pool, as users have it. What it does is in the other files; here are its words.

const { Emitter, LISTENED } = require('./emitter');
const { load } = require('./machinery');
const { prepare } = require('./preparation');
const { WorkerError } = require('./worker-error');

const NO_OPTIONS = Object.freeze({ __proto__: null });

class Pool extends Emitter {
  #core;
  #submission;
  #options;
  /** Neither a circuit breaker nor a fallback looks at what becomes of tasks. */
  #isUnguarded;
  #circuit = null;
  #since = performance.now();

  constructor(options) {
    super();
    const { Circuit, openEngine, poolOptions, refuseLate } = prepare();
    this.#options = poolOptions(options);
    const { circuit, fallback } = this.#options;
    if (circuit !== null) this.#circuit = new Circuit(circuit, (state) => this.#circuitIs(state));
    this.#isUnguarded = circuit === null && fallback === undefined;
    refuseLate();
    this.#core = this.#open(openEngine(this.#options));
    this.#submission = this.#core.submission;
    const { diagnostics } = load();
    if (diagnostics.created.hasSubscribers) diagnostics.created.publish({ pool: this });
  }

  #open(native) {
    try {
      const core = new (load().Core)(this, this.#options, native);
      native.begin();
      return core;
    } catch (error) {
      // Out of descriptors, it may be: nobody would ever look after those that were started.
      native.end();
      throw error;
    }
  }

  [LISTENED](hasListeners) {
    this.#core.hasListeners = hasListeners;
  }

  run(task, options) {
    if (!this.#isUnguarded) return this.#guarded(task, options ?? NO_OPTIONS);
    return this.#submission.ask(task, options);
  }

  /** @param {object} [prepared] the same options, where they are known to be good */
  async #guarded(task, options, prepared) {
    // What is wrong with the call itself is no attempt, and has no other answer.
    const checked = this.#submission.check(prepared ?? options);
    const circuit = this.#circuit;
    const wait = circuit === null ? 0 : circuit.admit();
    if (wait > 0) return this.#instead(prepare().circuitOpen(wait), task, options);
    const era = circuit?.era;
    let answer;
    try {
      answer = this.#submission.submit(task, checked);
    } catch (error) {
      circuit?.withdrawn(era);
      throw error;
    }
    try {
      const result = await answer;
      circuit?.settled(null, era);
      return result;
    } catch (error) {
      if (prepare().isUnsent(error)) {
        circuit?.withdrawn(era);
        throw error;
      }
      circuit?.settled(error, era);
      return this.#instead(error, task, options);
    }
  }

  /** What the caller has called off has no other answer. */
  #instead(error, task, options) {
    const { fallback } = this.#options;
    if (fallback === undefined || (error instanceof WorkerError && error.isCalledOff)) throw error;
    return fallback(error, task, options);
  }

  #circuitIs(state) {
    const { diagnostics } = load();
    if (diagnostics.circuit.hasSubscribers) diagnostics.circuit.publish({ pool: this, state });
    this.#core.emit('circuit', state);
  }

  map(iterable, options = NO_OPTIONS) {
    prepare().validateObject(options, 'options');
    const checked = (given) => {
      const prepared = this.#core.prepare(given);
      return this.#isUnguarded ? (value) => this.#submission.run(value, prepared) : (value) => this.#guarded(value, given, prepared);
    };
    return load().map(iterable, options, checked, () => this.#core.usualConcurrency);
  }

  broadcast(message) {
    return this.#submission.broadcast(message);
  }

  async runOnEach(task, options = NO_OPTIONS) {
    const workers = this.workers.filter(({ isUp }) => isUp);
    // Wrong options are wrong, also where nobody is there.
    this.#core.prepare(options ?? NO_OPTIONS);
    const runs = workers.map(({ workerId }) => this.#core.runOn(workerId, task, options ?? NO_OPTIONS));
    const settled = await Promise.allSettled(runs);
    return settled.map((result, i) => ({ workerId: workers[i].workerId, ...result }));
  }

  configure(options) {
    const changed = prepare().changes(options, this.#options.settings);
    this.#core.configure(changed);
    return this;
  }

  async close(options = NO_OPTIONS) {
    const { refuseUnknown, validateBoolean, validateObject } = prepare();
    validateObject(options, 'options');
    refuseUnknown(options, 'close()', ['force']);
    const { force = false } = options;
    validateBoolean(force, 'options.force');
    return this.#core.close(force);
  }

  async destroy(options = NO_OPTIONS) {
    const { refuseUnknown, validateNumber, validateObject } = prepare();
    validateObject(options, 'options');
    refuseUnknown(options, 'destroy()', ['grace']);
    const { grace = 0 } = options;
    validateNumber(grace, 'options.grace', 0);
    return this.#core.destroy(grace);
  }

  ref() {
    this.#core.setReferenced(true);
    return this;
  }

  unref() {
    this.#core.setReferenced(false);
    return this;
  }

  alloc(size) {
    prepare().validateInteger(size, 'size', 0, Number.MAX_SAFE_INTEGER);
    return (this.#core.isClosed ? null : this.#core.native.alloc(size)) ?? new ArrayBuffer(size);
  }

  stats() {
    return load().statsOf(this, this.#core, this.#circuit);
  }

  openMetrics(options) {
    return load().openMetrics(this.stats(), options);
  }

  get options() {
    return prepare().shownOptions(this.#options);
  }

  get workers() {
    return this.#core.workers;
  }

  get pending() {
    return this.#core.pending;
  }

  get queueSize() {
    return this.#core.queueSize;
  }

  get needsDrain() {
    return this.#core.needsDrain;
  }

  get isClosed() {
    return this.#core.isClosing;
  }

  get circuit() {
    return this.#circuit === null ? 'closed' : this.#circuit.state;
  }

  get completed() {
    return this.stats().completed;
  }

  get duration() {
    return performance.now() - this.#since;
  }

  get utilization() {
    return this.stats().utilization;
  }

  get histogram() {
    const { runTime, waitTime } = this.stats();
    return { runTime, waitTime };
  }

  get minWorkers() {
    return this.#options.settings.minWorkers;
  }

  get maxWorkers() {
    return this.#options.settings.maxWorkers;
  }

  get idleWorkers() {
    return this.stats().workers.filter(({ state }) => state === 'idle').length;
  }

  static get version() {
    return require('../../package.json').version;
  }
}

// Other pools' words for the same.
for (const [name, own] of Object.entries({
  threads: 'workers',
  minThreads: 'minWorkers',
  maxThreads: 'maxWorkers',
  idleThreads: 'idleWorkers',
})) {
  Object.defineProperty(Pool.prototype, name, {
    __proto__: null,
    configurable: true,
    get() {
      return this[own];
    },
  });
}

// As piscina: who wants to wait for it says `await using`.
if (Symbol.dispose) {
  Pool.prototype[Symbol.dispose] = function () {
    this.close();
  };
}

// Missing in the vm contexts of Node 20, where Jest runs modules.
if (Symbol.asyncDispose) {
  Pool.prototype[Symbol.asyncDispose] = function () {
    return this.close();
  };
}

module.exports = { Pool };
