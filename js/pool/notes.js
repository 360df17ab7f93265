'use strict';
// What the engine tells besides answers: of workers, from their start to their end, and of the machine. And what is known of a worker when a task has to be told
// what became of it.

const diagnostics = require('./diagnostics');
const { WorkerError, aborted, because, dropped, errorOfEnd, faultOf, nameOfSignal } = require('./errors');
const { frames } = require('./inside');
const { causeOf, exitOf, startError } = require('./start-failure');
const { Workers } = require('./workers');

/** Places in a TaskEnd. */
const WHAT = 1;
const WORKER = 2;
/** Last words of workers, and what was wrong with them, kept for their tasks, which are told of a moment later. */
const MOST_WORDS = 256;

class Notes {
  workers = new Workers();
  /** @type {import('./output').WorkerOutput | null} */
  output = null;
  #grip;
  #events;
  /** Why workers cannot be started, as an error frame has it; null where they can. */
  #startFailure = null;
  /** What became of the process then. */
  #startExit = { exitCode: null, signal: null };
  /** @type {Map<number, Error>} by worker */
  #lastWords = new Map();
  /** The last worker that was ended because of a task that did not stop. What other tasks it had is told right behind that. */
  #endedForTask = 0;

  /**
   * @param {import('./grip').Grip} grip of the pool
   * @param {{ emit(name: string, ...given: unknown[]): void, onDrain(): void, onGone(exit: object): void, isIdle(): boolean }}
   *   events
   */
  constructor(grip, events) {
    this.#grip = grip;
    this.#events = events;
  }

  /** @param {unknown[]} note see src/pool/notes.rs */
  take([kind, workerId, ...details]) {
    switch (kind) {
      case 'started': {
        const [pid, fds] = details;
        this.workers.started(workerId, pid);
        this.output?.started(workerId, pid, fds);
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
      case 'setup-failed': {
        const [described, isTagged] = details;
        this.#startFailure = isTagged ? frames.decode(described) : described;
        break;
      }
      case 'start-failed':
        this.#startFailed(workerId, ...details);
        break;
      case 'fault': {
        const error = faultOf(details[0]);
        this.#keepWords(workerId, error);
        this.#tell('workerFault', 'fault', { workerId, error });
        break;
      }
      case 'gone':
        this.#gone(workerId, ...details);
        break;
      case 'drain':
        this.#events.onDrain();
        break;
      case 'gave-up':
        this.#gaveUp(workerId, ...details);
        break;
      default:
        // What else there is to know, of the machine and of the crew.
        this.#events.emit(kind, workerId, ...details);
    }
  }

  /** @param {number | null} retry likewise */
  #gaveUp(failure, retry) {
    const error = startError(
      new WorkerError('start', exitOf(failure)),
      frames.revive(this.#startFailure ?? frames.describe(causeOf(failure))),
    );
    this.#events.emit('gaveUp', { error, retry });
  }

  /** @param {number | null} retry milliseconds until it is tried again; null: it is not */
  #startFailed(workerId, failure, retry) {
    if (failure[0] !== 'setup' || this.#startFailure === null) this.#startFailure = frames.describe(causeOf(failure));
    this.#startExit = exitOf(failure);
    const error = startError(new WorkerError('start', { workerId, ...this.#startExit }), frames.revive(this.#startFailure));
    this.#tell('workerStartFailed', 'start-failed', { workerId, error, retry });
    // Those that wait are told by their promises.
    if (this.#events.isIdle() && this.#grip.pool?.listenerCount('error') > 0) this.#events.emit('error', error);
  }

  #gone(workerId, pid, exitCode, signal, reason, why, goodbye) {
    this.output?.gone(workerId);
    this.workers.gone(workerId);
    if (why === 'task') this.#endedForTask = workerId;
    let error = null;
    if (goodbye !== null && goodbye !== undefined) {
      error = frames.revive(goodbye);
      this.#keepWords(workerId, error);
    }
    const exit = { workerId, pid, exitCode, signal: nameOfSignal(signal), reason, why, error };
    this.#events.onGone(exit);
    this.#tell('workerExit', 'exit', exit);
  }

  #keepWords(workerId, error) {
    const kept = this.#lastWords;
    kept.set(workerId, error);
    if (kept.size > MOST_WORDS) kept.delete(kept.keys().next().value);
  }

  /** An event, and the same for diagnostics_channel. */
  #tell(name, event, details) {
    if (diagnostics.worker.hasSubscribers) diagnostics.worker.publish({ pool: this.#grip.pool, event, ...details });
    this.#events.emit(name, details);
  }

  /** @param {import('../native').TaskEnd} end of a task that no worker has answered */
  errorOf({ extra }, end) {
    const worker = end[WORKER];
    const error = errorOfEnd(end, extra?.waited ?? 0, worker !== 0 && worker === this.#endedForTask);
    if (this.output !== null && worker > 0) this.#addLastLines(error, worker);
    switch (end[WHAT]) {
      case 'aborted':
        return extra?.isAborted === true ? aborted(extra.signal.reason, error) : dropped(error);
      case 'start':
        return this.#startFailure === null ? error : startError(Object.assign(error, this.#startExit), frames.revive(this.#startFailure));
      default:
        return because(error, this.#lastWords.get(worker));
    }
  }

  /** What it has written to stderr last, where that comes here: often it says why. */
  #addLastLines(error, workerId) {
    const lines = this.output.lastLines(workerId);
    if (lines.length > 0) error.lastLines = lines;
  }
}

module.exports = { Notes };
