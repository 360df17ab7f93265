'use strict';
// The tasks of a worker: begun in the order in which they came, so many at once, each answered exactly once.
//
// The page says how many have begun, before each does: so the pool knows, when this process dies, which of those that it has sent are lost with it
// and which are as good as new. And it may take those back that have not begun, by setting the same number to beyond them.

const { Context, cancel, close, runIn } = require('./context');
const { STARTED } = require('./page');
const seldom = require('./seldom');
const { Waiting } = require('./waiting');

/** In place of a handle that was announced and is not here. */
const LOST = Symbol('lost');

class Tasks {
  #outgoing;
  #page;
  #cells;
  /** What contexts have of this worker. */
  #worker;
  #limit = 1;
  /** Finds the function of a task by its mark. */
  #find = notReady;
  /** Runs a function otherwise than by calling it, or null. */
  #output = null;
  /** Of those that came, how many had their turn. And what the page said then. */
  #turn = 0;
  #claimed = 0;
  #finished = 0;
  #running = 0;
  /** By id, those that wait and those that run, for who gives them up. One that ends as it is called never is in here. */
  #open = new Map();
  #waiting = new Waiting();
  /** Milliseconds in which any was running. And since when that was not counted. */
  #busy = 0;
  #since = 0;
  #isInTurn = false;
  #endsTurn = false;
  #endTurnSoon = () => {
    this.#endsTurn = false;
    this.#account();
    this.#outgoing.ring();
  };

  constructor(outgoing, page, worker) {
    this.#outgoing = outgoing;
    this.#page = page;
    this.#cells = page.cells;
    this.#worker = worker;
  }

  /**
   * From here on tasks may come.
   * @param {(mark: string | null) => Function} find throws where there is none
   * @param {number} limit how many run at once
   * @param {object | null} output what marks the output of tasks
   */
  open(find, limit, output) {
    this.#find = find;
    this.#limit = limit;
    this.#output = output;
  }

  /** Frames are about to come. */
  beginTurn() {
    this.#isInTurn = true;
    if (this.#running === 0) this.#since = performance.now();
  }

  /** They have come. The addon wakes the pool. */
  endTurn() {
    this.#isInTurn = false;
    this.#account();
  }

  #account() {
    const now = performance.now();
    this.#busy += now - this.#since;
    this.#since = now;
    this.#page.account(this.#finished, this.#busy);
  }

  /**
   * @param {number} id
   * @param {string | null} mark of its name
   * @param {unknown} value
   * @param {unknown} handle or a promise of it; LOST where it did not arrive
   * @param {boolean} isGivenUp already
   */
  take(id, mark, value, handle, isGivenUp) {
    if (this.#mayBegin() && this.#waiting.isEmpty && !isGivenUp && !isPending(handle)) {
      this.#begin(id, mark, value, handle);
      return;
    }
    const entry = { id, mark, value, handle, context: null, isOver: false };
    this.#open.set(id, entry);
    this.#waiting.push(entry);
    if (isGivenUp) this.giveUp(id, undefined);
    this.#next();
  }

  /** Nobody waits for it any more. */
  giveUp(id, reason) {
    const entry = this.#open.get(id);
    // It may have been answered just now.
    if (entry === undefined || entry.isOver) return;
    if (entry.context !== null) {
      cancel(entry.context, reason === undefined || reason === null ? new seldom.errors.AbortError() : seldom.frames.revive(reason));
      return;
    }
    // Its turn still comes: then it is counted, and passed over.
    entry.isOver = true;
    entry.value = undefined;
    this.#open.delete(id);
    this.#outgoing.refuse(id);
  }

  /** What was answered is out of this process before the next begins; if the pool is slow to take it, so are we. */
  #mayBegin() {
    return this.#running < this.#limit && !this.#outgoing.isBusy;
  }

  /** The pool has taken what waited for it. */
  resume() {
    if (this.#waiting.isEmpty) return;
    if (this.#running === 0) this.#since = performance.now();
    this.#outsideTurn();
    this.#next();
  }

  #next() {
    while (this.#mayBegin()) {
      const entry = this.#waiting.first();
      if (entry === undefined) return;
      if (isPending(entry.handle)) {
        this.#await(entry);
        return;
      }
      this.#waiting.shift();
      if (entry.isOver) {
        this.#claim();
        continue;
      }
      this.#open.delete(entry.id);
      this.#begin(entry.id, entry.mark, entry.value, entry.handle);
    }
  }

  /** Its handle is being opened. Those behind it wait, since they begin in order. */
  #await(entry) {
    if (entry.isAwaited) return;
    entry.isAwaited = true;
    const go = (handle) => {
      entry.handle = handle;
      if (this.#running === 0) this.#since = performance.now();
      this.#outsideTurn();
      this.#next();
    };
    entry.handle.then(
      (handle) => go(handle ?? LOST),
      () => go(LOST),
    );
  }

  /** Whether the one whose turn it is may begin: the pool has not taken it back. */
  #claim() {
    const turn = this.#turn;
    this.#turn = (turn + 1) | 0;
    if (this.#claimed !== turn) return false;
    const seen = Atomics.compareExchange(this.#cells, STARTED, turn, this.#turn);
    this.#claimed = seen === turn ? this.#turn : seen;
    return seen === turn;
  }

  #begin(id, mark, value, handle) {
    if (!this.#claim()) {
      this.#outgoing.refuse(id);
      return;
    }
    const context = new Context(this.#worker, id, mark, handle);
    let result;
    try {
      if (handle === LOST) throw seldom.errors.genericNodeError('The handle got lost on the way', { code: 'ERR_PROCS_IPC_HANDLE_LOST' });
      const run = this.#find(mark);
      result = runIn(context, this.#output === null ? run : this.#marked(id, context, run), value);
      if (typeof result === 'object' && result !== null && typeof result.then === 'function') {
        this.#follow(id, context, result, this.#answer);
        return;
      }
    } catch (error) {
      this.#fail(id, context, error);
      return;
    }
    this.#answer(id, context, result);
  }

  /** The same function, with what it writes marked as this task's. */
  #marked(id, context, run) {
    return (value) => this.#output.run(id, context.name, () => run(value, context));
  }

  /** @param {(id: number, context: Context, value: unknown) => void} finish what is done with what the promise comes to */
  #follow(id, context, promise, finish) {
    const entry = { id, context, isOver: false };
    this.#open.set(id, entry);
    this.#running++;
    const end = (say, value) => {
      // Not every promise is one of Node's.
      if (entry.isOver) return;
      entry.isOver = true;
      this.#outsideTurn();
      this.#open.delete(id);
      this.#running--;
      say.call(this, id, context, value);
      this.#next();
    };
    try {
      promise.then(
        (value) => end(finish, value),
        (error) => end(this.#fail, error),
      );
    } catch (error) {
      end(this.#fail, error);
    }
  }

  #answer(id, context, value) {
    let reading;
    try {
      reading = this.#outgoing.answer(id, value);
    } catch (error) {
      this.#fail(id, context, error);
      return;
    }
    if (reading === undefined) this.#end(id, context);
    else this.#follow(id, context, reading, this.#end);
  }

  #fail(id, context, error) {
    this.#outgoing.fail(id, error);
    this.#end(id, context);
  }

  #end(id, context) {
    close(context);
    this.#finished++;
    this.#output?.ended(id);
  }

  /** Something has ended by itself: what comes of it is told when all that ends with it has. */
  #outsideTurn() {
    if (this.#isInTurn || this.#endsTurn) return;
    this.#endsTurn = true;
    process.nextTick(this.#endTurnSoon);
  }
}

function notReady() {
  throw seldom.errors.genericNodeError('The worker is not set up', { code: 'ERR_PROCS_IPC_NO_HANDLER' });
}

function isPending(handle) {
  return handle !== undefined && handle !== LOST && typeof handle.then === 'function';
}

module.exports = { LOST, Tasks };
