'use strict';
// A worker: from its start to its end.

const { beats } = require('./beat');
const { ending } = require('./ending');
const { Link } = require('./link');
const { load, loadedNow } = require('./load');
const { STATES } = require('./page');
const seldom = require('./seldom');
const { become } = require('./state');
const { Tasks } = require('./tasks');

const SETUP = 'procs.setup';
const TEARDOWN = 'procs.teardown';
/** A task of a file of its own. */
const ELSEWHERE = 'procs.run';
/** Milliseconds after which the first tasks do not wait for what they may not need. */
const SOON = 20;

class Worker {
  #outgoing;
  #page;
  #lifeline;
  #tasks;
  #ending;
  #program = null;
  #listeners = new Set();
  /** What contexts have of it. */
  #shared;

  /**
   * @param {{ wire: object, outgoing: import('./outgoing').Outgoing, page: import('./page').Page, lifeline: object | null, workerId: number }} parts
   *   wire, lifeline: see native.d.ts
   */
  constructor({ wire, outgoing, page, lifeline, workerId }) {
    this.#outgoing = outgoing;
    this.#page = page;
    this.#lifeline = lifeline;
    this.#shared = {
      workerId,
      name: 'default',
      emit: (name, value) => outgoing.emit(name, value),
      progress: (id, value) => outgoing.progress(id, value),
    };
    this.#tasks = new Tasks(outgoing, page, this.#shared);
    this.#ending = ending(outgoing);
    outgoing.onIdle = () => {
      this.#ending.idle();
      this.#tasks.resume();
    };
    // Where memory that runs out is not told of by itself, the pool judges by what is known of the heap.
    if (!page.isMarked) this.#beat();
    new Link(wire, this.#tasks, outgoing, {
      control: (id, mark, value) => this.#control(id, mark, value),
      message: (value) => this.#message(value),
      bye: () => this.#ending.bye(),
      end: () => this.#ending.orphaned(),
      fault: (error) => this.#ending.fault(error),
    });
  }

  /** What the pool asks of the worker itself. */
  #control(id, mark, value) {
    const done = mark === SETUP ? this.#setUp(value) : mark === TEARDOWN ? this.#tearDown() : unknown(mark);
    done.then(
      () => this.#reply(() => this.#outgoing.answer(id, undefined)),
      (error) => this.#reply(() => this.#outgoing.fail(id, error)),
    );
  }

  #reply(say) {
    say();
    this.#outgoing.ring();
  }

  async #setUp({ filename, name = 'default', workerData, argv = [], concurrentTasksPerWorker = 1, tagOutput }) {
    this.#page.state = STATES.LOADING;
    // Whatever the program does to descriptors that it does not know, it finds none of this.
    this.#lifeline?.settle();
    const { emit, workerId } = this.#shared;
    this.#shared.name = name;
    become({ workerId, workerData, emit, listen: (listener) => this.#listen(listener) });
    // As if the file itself had been started.
    process.argv.splice(1, Infinity, filename ?? process.argv[1], ...argv);
    const output = tagOutput === undefined ? null : require('./output').tagOutput(tagOutput);
    const main = filename === null ? null : await this.#load(filename, name, workerData);
    const find = (mark) => (mark === ELSEWHERE ? runElsewhere : mark === null ? main : this.#program.task(mark));
    this.#tasks.open(find, concurrentTasksPerWorker, output);
    this.#page.state = STATES.UP;
    setTimeout(() => this.#settleIn(), SOON).unref();
  }

  /** @returns {Promise<Function>} that runs tasks without a name */
  async #load(filename, name, workerData) {
    this.#program = await load(filename);
    const main = await this.#program.main(name);
    await this.#program.hook('setup')?.(workerData);
    return main;
  }

  #settleIn() {
    if (this.#page.isMarked) this.#beat();
    seldom.prepare();
  }

  #beat() {
    if (this.#page.beatEvery > 0) beats(this.#page);
  }

  async #tearDown() {
    this.#page.state = STATES.TEARING_DOWN;
    await this.#program?.hook('teardown')?.();
  }

  #listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #message(value) {
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        // An uncaught exception like any other; but what else has come is handled first.
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }
}

/** @param {[string, string, unknown]} task file, name and value */
function runElsewhere([file, name, value], context) {
  const program = loadedNow(file);
  if (program !== undefined) return program.named(name)(value, context);
  return load(file).then((loaded) => loaded.named(name)(value, context));
}

async function unknown(mark) {
  throw seldom.errors.genericNodeError(`The pool asks for ${JSON.stringify(mark)}, which this worker does not know`, {
    code: 'ERR_PROCS_IPC_PROTOCOL',
  });
}

module.exports = { Worker };
