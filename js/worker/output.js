'use strict';
// What a task writes to stdout and stderr is marked with the task, where the pool makes lines of it: see "Output" in docs/pool.md.
//
// The marks are in the stream itself, so that they are exact in whatever order the parent reads its streams and its channel: with the first that a
// task writes, before it goes out, and when the task is over. What does not come through process.stdout and process.stderr (addons, children)
// counts as the task's that wrote last and has not ended.

const { AsyncLocalStorage } = require('async_hooks');

const NONE = '\0procs:\n';

class Marks {
  #tasks = new AsyncLocalStorage();
  /** Those that are not over, by id. */
  #open = new Map();
  /** @type {MarkedStream[]} */
  #streams = [];

  /** Makes the stream no earlier than the program does: some never write. */
  watch(name) {
    const { get, ...rest } = Object.getOwnPropertyDescriptor(process, name);
    let stream;
    Object.defineProperty(process, name, {
      ...rest,
      get: () => {
        if (stream === undefined) {
          stream = get.call(process);
          this.#streams.push(new MarkedStream(stream, this.#tasks));
        }
        return stream;
      },
    });
  }

  /** Calls the task's function, which is followed through all that it awaits. */
  run(id, name, call) {
    const task = { mark: `\0procs:${id}=${encodeURIComponent(name)}\n`, isOver: false };
    this.#open.set(id, task);
    return this.#tasks.run(task, call);
  }

  /** It has been answered. */
  ended(id) {
    const task = this.#open.get(id);
    if (task === undefined) return;
    this.#open.delete(id);
    task.isOver = true;
    for (const stream of this.#streams) stream.ended(task);
  }
}

class MarkedStream {
  #stream;
  #write;
  /** The task whose mark went out last. */
  #last = null;

  constructor(stream, tasks) {
    this.#stream = stream;
    this.#write = stream.write;
    // What was written is with the kernel when write() returns: a task may end the process with its next line.
    stream._handle?.setBlocking?.(true);
    stream.write = (...given) => {
      const task = tasks.getStore() ?? null;
      if (task !== this.#last) this.#mark(task);
      const isRoom = this.#write.apply(stream, given);
      // Late, behind its answer: nobody will say again that it is over.
      if (task?.isOver) this.#mark(null);
      return isRoom;
    };
  }

  #mark(task) {
    this.#last = task;
    this.#write.call(this.#stream, task === null ? NONE : task.mark);
  }

  ended(task) {
    if (this.#last === task) this.#mark(null);
  }
}

/**
 * @param {{ stdout: boolean, stderr: boolean }} which are read by the pool
 * @returns {Marks}
 */
function tagOutput({ stdout, stderr }) {
  const marks = new Marks();
  if (stdout) marks.watch('stdout');
  if (stderr) marks.watch('stderr');
  return marks;
}

module.exports = { tagOutput };
