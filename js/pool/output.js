'use strict';
// stdout and stderr of workers that come here: as lines, with the worker and the task that wrote them.
//
// They are read as they come. While JavaScript is blocked nothing is: then what the kernel holds of each (some 200 KB) is the bound, and a worker
// that has filled it waits.

const { readSync } = require('fs');
const { reactor } = require('../reactor');
const { uncaught } = require('../uncaught');
const { socketClass } = require('../child_process')[Symbol.for('@x/procs.inside')]();
const { OutputLines } = require('./output-lines');

const STREAMS = ['stdout', 'stderr'];
const CHUNK = 64 * 1024;
const MAX_LINE = 64 * 1024;
/** What is read of one that has ended, and whose pipe somebody goes on to write to. */
const MOST_LEFT = 16 * 1024 * 1024;
const LAST_LINES = 20;
const LONGEST_LAST = 1000;
const MOST_LAST_WORDS = 256;

/** What is read is cut up before anything else is read. */
let shared;

/**
 * @typedef {object} OutputLine
 * @property {string} line without its end. One of more than 64 KiB comes in parts
 * @property {number} workerId
 * @property {number} pid
 * @property {number | null} task null: no task's, or nobody can say
 * @property {string | null} name of that task
 */

class WorkerOutput {
  /** @type {Map<number, OutputPipe[]>} */
  #pipes = new Map();
  /** Of those that are gone, whose tasks are told of a moment later. @type {Map<number, readonly string[]>} */
  #lastWords = new Map();
  #onLine;
  #counters = { lines: 0, bytes: 0, unheard: 0 };

  /** @param {(stream: 'stdout' | 'stderr', line: OutputLine) => boolean} onLine whether anybody wanted it; what it throws is uncaught */
  constructor(onLine) {
    this.#onLine = onLine;
  }

  /**
   * @param {number} workerId
   * @param {number} pid
   * @param {readonly number[]} fds our ends of its stdout and stderr, taken over; below 0: none
   */
  started(workerId, pid, fds) {
    const pipes = [];
    fds.forEach((fd, i) => {
      if (fd >= 0) pipes.push(new OutputPipe(fd, (line, tag) => this.#say(STREAMS[i], line, tag, workerId, pid), this.#counters));
    });
    if (pipes.length > 0) this.#pipes.set(workerId, pipes);
    // The one that errors are about.
    if (fds[1] >= 0) pipes[pipes.length - 1].keepsLast = true;
  }

  #say(stream, line, tag, workerId, pid) {
    this.#counters.lines++;
    const isHeard = this.#onLine(stream, { line, workerId, pid, task: tag?.task ?? null, name: tag?.name ?? null });
    if (!isHeard) this.#counters.unheard++;
  }

  /** The last that it has written to stderr up to now, where that comes here. @returns {string[]} */
  lastLines(workerId) {
    const pipe = this.#pipes.get(workerId)?.find((one) => one.keepsLast);
    pipe?.drain();
    return [...(pipe?.last ?? this.#lastWords.get(workerId) ?? [])];
  }

  /** It has been reaped, its tree too: what it has written is here, and nothing follows. */
  gone(workerId) {
    const pipes = this.#pipes.get(workerId);
    if (pipes === undefined) return;
    this.#pipes.delete(workerId);
    for (const pipe of pipes) {
      pipe.finish();
      if (pipe.last.length > 0) this.#lastWords.set(workerId, pipe.last);
    }
    if (this.#lastWords.size > MOST_LAST_WORDS) this.#lastWords.delete(this.#lastWords.keys().next().value);
  }

  /** No worker is left. */
  finish() {
    for (const workerId of [...this.#pipes.keys()]) this.gone(workerId);
  }

  /** @returns {{ lines: number, bytes: number, unheard: number }} unheard: lines of which nobody wanted to know */
  get counters() {
    return { ...this.#counters };
  }
}

class OutputPipe {
  keepsLast = false;
  /** @type {string[]} */
  last = [];
  #fd;
  #socket;
  #lines;
  #counters;
  #waiting = [];
  #isSaying = false;
  #isOver = false;

  constructor(fd, say, counters) {
    shared ??= Buffer.allocUnsafeSlow(CHUNK);
    this.#fd = fd;
    this.#counters = counters;
    this.#lines = new OutputLines(MAX_LINE, (line, tag) => this.#waiting.push({ line, tag }));
    this.say = say;
    reactor().release(fd);
    const Socket = socketClass();
    const onread = { buffer: shared, callback: (count, buffer) => this.#take(buffer.subarray(0, count)) };
    this.#socket = new Socket({ __proto__: null, fd, readable: true, writable: false, onread });
    // Killed with something unread at its own end; or the number is no socket's any more. Either way it is over.
    this.#socket.on('error', () => this.#end());
    this.#socket.on('end', () => this.#end());
    // The pool is what keeps the process alive, or does not.
    this.#socket.unref();
  }

  #take(bytes) {
    this.#counters.bytes += bytes.length;
    this.#lines.take(bytes);
    this.#sayAll();
    return true;
  }

  /** What a listener throws is its own: the lines behind it are told all the same, and so are those of a drain() that it has called. */
  #sayAll() {
    if (this.#isSaying) return;
    this.#isSaying = true;
    for (let i = 0; i < this.#waiting.length; i++) {
      const { line, tag } = this.#waiting[i];
      if (this.keepsLast) this.#remember(line);
      try {
        this.say(line, tag);
      } catch (error) {
        uncaught(error);
      }
    }
    this.#waiting.length = 0;
    this.#isSaying = false;
  }

  #remember(line) {
    if (this.last.length === LAST_LINES) this.last.shift();
    this.last.push(line.slice(0, LONGEST_LAST));
  }

  drain() {
    let left = MOST_LEFT;
    // Destroyed, its fd may be somebody else's by now.
    while (!this.#isOver && !this.#socket.destroyed && left > 0) {
      const count = readNow(this.#fd);
      if (count <= 0) break;
      left -= count;
      this.#take(shared.subarray(0, count));
    }
  }

  finish() {
    this.drain();
    this.#end();
    this.#socket.destroy();
  }

  #end() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#lines.end();
    this.#sayAll();
  }
}

/** @returns {number} 0: the end; below: nothing is there now */
function readNow(fd) {
  try {
    return readSync(fd, shared, 0, CHUNK, null);
  } catch (error) {
    if (error.code === 'EAGAIN') return -1;
    // As for the stream: whoever wrote is gone.
    if (error.code === 'ECONNRESET') return 0;
    throw error;
  }
}

module.exports = { WorkerOutput };
