'use strict';
// The course of one run, and the one place that decides when it is over and what came of it: when the child has exited, its output is
// there, what it was written to has taken it, and nothing is left of what was to be ended.

const { usage } = require('../reactor');
const { cwdProblem } = require('./directory');
const { Drain } = require('./drain');
const { spawnError } = require('./inside');
const { Outcome } = require('./outcome');
const { Patience } = require('./patience');

class Run {
  subprocess;
  settings;
  command;
  ending = null;
  /** By the child's fd; undefined where it has none that is ours. */
  outputs = [];
  inputs = [];
  /** See output/all.js; null without options.all. */
  all = null;
  /** What they are written to; null where there is nothing. */
  targets = null;
  startedAt = performance.now();
  /** Where it was called from, as the `stack` of an error. */
  trace = {};
  usage = null;
  overflowFd = -1;
  heldOpen = [];
  attempts = 1;
  isOver = false;

  /** It is left when the subprocess lets go of it. */
  #scope;
  #hasExited = false;
  /** Outputs that are open, destinations that have not taken everything, the channel. */
  #pending = 0;
  #drain = null;
  #patience = new Patience(this);
  #isEndedEarly = false;
  #outcome = new Outcome(this);
  /** Why it was not started, or which of its streams failed. */
  #reason = null;
  #cause;
  #failing;

  constructor(subprocess, settings, command) {
    this.subprocess = subprocess;
    this.settings = settings;
    this.command = command;
    this.#scope = subprocess._handle;
  }

  /** Of the reactor's events only the exit belongs to an async context by itself. */
  inContext(listener, receiver, argument) {
    this.#scope.runInAsyncScope(listener, receiver, argument);
  }

  // What it waits for.

  hold() {
    this.#pending++;
  }

  release() {
    this.#pending--;
    this.#settleIfDone();
  }

  outputOver() {
    this.release();
  }

  // What happens to it.

  /**
   * There was no child, and there are no events of one.
   * @param {string} reason an exitReason
   */
  notStarted(reason, cause) {
    this.#reason = reason;
    this.#cause = cause;
    this.subprocess._handle.close();
    this.subprocess._handle = null;
    process.nextTick(() => this.#failToStart(null));
  }

  /** The system has refused. @param {number} status a negated errno */
  refused(status) {
    process.nextTick(() => {
      this.subprocess._handle.close();
      this.subprocess._handle = null;
      this.subprocess.exitCode = status;
      // The system has one word for a program that is missing and for a directory that is.
      const { cwd } = this.settings;
      this.#failToStart((cwd === undefined ? null : cwdProblem(this.settings)) ?? spawnError(this.subprocess, status));
    });
  }

  #failToStart(error) {
    this.#hasExited = true;
    this.#closeInputs();
    if (error !== null) {
      this.#reason = 'notStarted';
      this.#cause = error;
      this.subprocess.emit('error', error);
    }
    this.hold();
    this.#finishOutputs(); // whose other ends are closed
    this.release();
  }

  /** Called with the exit. exitCode < 0: it was never this program, a negated errno. */
  exited(exitCode, signalName) {
    const { subprocess } = this;
    if (signalName) subprocess.signalCode = signalName;
    else subprocess.exitCode = exitCode;
    this.usage = usage().slice();
    this.#hasExited = true;
    subprocess._handle.close();
    subprocess._handle = null;
    this.#closeInputs();
    if (exitCode < 0) {
      subprocess.pid = undefined;
      this.#reason = 'notStarted';
      this.#cause = spawnError(subprocess, exitCode);
      this.ending.exited();
      subprocess.emit('error', this.#cause);
    } else {
      this.ending.exited();
      if (subprocess.emit('exit', subprocess.exitCode, subprocess.signalCode)) {
        // Whoever begins to read in 'exit', or when awaiting it has come back, gets everything, as with child_process.
        setImmediate(() => this.#begin());
        return;
      }
    }
    this.#begin();
  }

  #closeInputs() {
    for (let i = 0; i < this.inputs.length; i++) this.inputs[i]?.childHasEnded();
  }

  /** The child is gone; others may still hold its output open. */
  #begin() {
    this.hold();
    this.#finishOutputs();
    if (this.#isEndedEarly) this.#patience.begin();
    if (this.#pending > 1 || this.settings.waitFor === 'tree') {
      this.#drain = new Drain(this);
      this.#drain.begin();
    }
    this.release();
  }

  /** As far as they are here now. Called while something is held. */
  #finishOutputs() {
    const { outputs } = this;
    for (let i = 0; i < outputs.length; i++) outputs[i]?.finish();
    if (this.#pending > 1) process.nextTick(dropUnread, this);
  }

  /** What is still open is somebody else's, and is not waited for any longer. */
  abandon() {
    const { outputs, subprocess } = this;
    this.hold();
    for (let fd = 0; fd < outputs.length; fd++) {
      if (outputs[fd] === undefined || outputs[fd].isOver) continue;
      this.heldOpen.push(fd);
      outputs[fd].giveUp();
    }
    if (subprocess.connected) subprocess.disconnect();
    this.release();
  }

  /** From here on nothing of it is waited for without an end. */
  endedEarly() {
    this.#isEndedEarly = true;
    if (this.#hasExited) this.#patience.begin();
  }

  /** More came than maxBuffer allows. */
  overflow(fd) {
    if (this.overflowFd === -1) this.overflowFd = fd;
    if (!this.ending?.end('maxBuffer') && this.#hasExited) this.#reason ??= 'maxBuffer';
  }

  /** One of its streams has failed, or what it reads from or writes to. The first is the one that counts. */
  fail(error) {
    if (this.#failing !== undefined || this.isOver) return;
    this.#failing = { error };
    if (this.ending === null || !this.ending.end('stream', { __proto__: null, cause: error })) {
      if (this.#reason === null) {
        this.#reason = 'stream';
        this.#cause = error;
      }
    }
  }

  /** A reader has gone before the end, and nobody else reads: what the child would still say is for nobody. */
  left() {
    this.claim();
    this.ending?.end('killed');
  }

  // How it ends.

  get isDraining() {
    return this.#hasExited;
  }

  #settleIfDone() {
    if (this.#pending > 0 || !this.#hasExited || this.isOver) return;
    this.isOver = true;
    this.#drain?.stop();
    this.#patience.end();
    const wait = this.ending === null ? null : this.ending.settled();
    if (wait === null) this.#settle();
    else wait.then(() => this.#settle());
  }

  #settle() {
    const { subprocess, outputs } = this;
    this.all?.close(); // before the two that it is made of
    for (let i = 0; i < outputs.length; i++) outputs[i]?.close();
    this.#outcome.settle(this.#facts());
    if (subprocess.listenerCount('close') > 0) process.nextTick(emitClose, subprocess);
  }

  /** What came out of it. Once: it is not kept here as well. */
  values() {
    let error = null;
    const take = (output) => {
      try {
        return output?.value();
      } catch (thrown) {
        error ??= thrown;
        return undefined;
      }
    };
    const all = take(this.all);
    const stdio = this.settings.stdio.map((_, fd) => take(this.outputs[fd]));
    return { stdio, all: this.settings.all ? (all ?? stdio[1] ?? stdio[2]) : undefined, error };
  }

  #facts() {
    const { subprocess, ending } = this;
    const isStarted = this.#reason !== 'notStarted' && subprocess.exitCode !== undefined;
    const hasExit = this.#reason !== 'notStarted' && this.ending !== null;
    return {
      __proto__: null,
      settings: this.settings,
      command: this.command,
      pid: subprocess.pid,
      /** See values(). */
      stdio: undefined,
      all: undefined,
      exitCode: isStarted && hasExit ? subprocess.exitCode : undefined,
      signal: subprocess.signalCode ?? undefined,
      durationMs: performance.now() - this.startedAt,
      reason: ending?.reason ?? this.#reason ?? (subprocess.signalCode === null ? 'exit' : 'signal'),
      cause: ending?.reason ? ending.cause : this.#cause,
      forced: ending?.forced ?? false,
      graceful: ending?.graceful ?? false,
      overflowFd: this.overflowFd,
      heldOpen: this.heldOpen,
      usage: this.usage,
      tree: ending?.treeReport ?? null,
      attempts: this.attempts,
      trace: this.trace,
    };
  }

  // Who gets to know.

  /** What `then` of the Subprocess does. */
  follow(onResolved, onRejected) {
    if (!this.isAwaited) {
      this.isAwaited = true;
      this.flushSoon();
    }
    return this.#outcome.promise.then(onResolved, onRejected);
  }

  isAwaited = false;

  /** Somebody waits for the end: what nobody reads must not keep the child from it. Not at once, so that whoever wants it can begin to. */
  flushSoon() {
    if (!this.isOver && this.outputs.some(mayStandStill)) setImmediate(flush, this);
  }

  /** { result, error }, whatever `reject` says. Does not make a failure somebody's. */
  get outcome() {
    return this.#outcome.both;
  }

  /** The ProcessError, or null: for whoever wants nothing but that. */
  get failure() {
    return this.#outcome.failure;
  }

  /** Somebody tells of the failure in another way: it is not an unhandled rejection. */
  claim() {
    this.#outcome.isClaimed = true;
  }
}

function mayStandStill(output) {
  return output !== undefined && !output.isReadByItself;
}

function flush(run) {
  for (let i = 0; i < run.outputs.length; i++) run.outputs[i]?.flush();
}

/** What is still unread then can only be in the way. */
function dropUnread(run) {
  for (let i = 0; i < run.outputs.length; i++) run.outputs[i]?.drop();
  flush(run);
}

function emitClose(subprocess) {
  subprocess.emit('close', subprocess.exitCode, subprocess.signalCode);
}

module.exports = { Run };
