'use strict';
// The option `retry`: a command that is started anew when it has failed.
//
// There is one Subprocess for all attempts: its pid, its streams and its methods are those of the attempt that is running, and its
// promise is settled by the last one. Lines and streams that were taken from an attempt end with it.

const { setTimeout, clearTimeout } = require('timers');
const { codes } = require('../errors');
const { LONGEST_TIMER } = require('../longest-timer');
const { ChildProcess, onAbort } = require('./inside');
const { startIn } = require('./start');
const { STATE } = require('./state');
const { Subprocess } = require('./methods');

/** Somebody wants it to be over. */
const FINAL = new Set(['canceled', 'killed', 'shutdown']);

class RetriedSubprocess extends Subprocess {
  #promise;
  #isAwaited = false;
  #isUnreferenced = false;
  #isStopped = false;
  #pause = null;

  constructor(file, args, settings) {
    super();
    startIn(this, file, args, settings);
    this.#promise = this.#attempts(file, args, settings);
  }

  async #attempts(file, args, settings) {
    const { retry } = settings;
    for (let attempt = 1; ; attempt++) {
      const run = this[STATE];
      run.attempts = attempt;
      run.claim();
      if (this.#isAwaited) run.flushSoon();
      const { result, error } = await run.outcome;
      if (error === null) return result;
      const isLast = attempt === retry.attempts || FINAL.has(error.exitReason) || !(await isWorthIt(retry.on, error, attempt));
      if (!isLast) await this.#wait(await waitFor(retry, attempt, error), settings.signal);
      if (isLast || this.#isStopped) {
        if (settings.reject) throw error;
        return result;
      }
      this.#restart(file, args, settings);
    }
  }

  /** An attempt is not started when `signal` has been aborted meanwhile: it is canceled then, and so the last. */
  #wait(ms, signal) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#pause.end(), ms);
      if (this.#isUnreferenced) timer.unref();
      const forget = signal === undefined || signal.aborted ? undefined : onAbort(signal, () => this.#pause.end());
      const end = () => {
        clearTimeout(timer);
        forget?.();
        this.#pause = null;
        resolve();
      };
      this.#pause = { timer, end };
      if (signal?.aborted || this.#isStopped) end();
    });
  }

  #restart(file, args, settings) {
    this.pid = undefined;
    ChildProcess.call(this); // as new, but for its listeners
    this.listenToHandle();
    startIn(this, file, args, settings);
    if (this.#isUnreferenced) super.unref();
  }

  // biome-ignore lint/suspicious/noThenProperty: a promise is what it is
  then(onResolved, onRejected) {
    if (!this.#isAwaited) {
      this.#isAwaited = true;
      this[STATE].flushSoon();
    }
    return this.#promise.then(onResolved, onRejected);
  }

  catch(onRejected) {
    return this.then(undefined, onRejected);
  }

  finally(onSettled) {
    return this.then().finally(onSettled);
  }

  /** What a failed attempt has passed on cannot be taken back. */
  pipe() {
    throw new codes.ERR_INVALID_ARG_VALUE('options.retry', this[STATE].settings.retry.attempts, 'cannot be used with pipe()');
  }

  // Whoever ends it, also between two attempts, wants no other one.

  kill(signal, error) {
    if (signal !== 0) this.#stop();
    return super.kill(signal, error);
  }

  killTree(signal) {
    this.#stop();
    return super.killTree(signal);
  }

  #stop() {
    this.#isStopped = true;
    this.#pause?.end();
  }

  /** For dispose: the failure is nobody's then. */
  leave() {
    this.#stop();
    this.#promise.catch(() => {});
  }

  ref() {
    this.#isUnreferenced = false;
    this.#pause?.timer.ref();
    super.ref();
  }

  unref() {
    this.#isUnreferenced = true;
    this.#pause?.timer.unref();
    super.unref();
  }
}

for (const symbol of [Symbol.dispose, Symbol.asyncDispose]) {
  if (symbol === undefined) continue;
  Object.defineProperty(RetriedSubprocess.prototype, symbol, {
    __proto__: null,
    configurable: true,
    writable: true,
    value() {
      this.leave();
      return Subprocess.prototype[symbol].call(this);
    },
  });
}

async function isWorthIt(on, error, attempt) {
  if (on === undefined) return true;
  if (typeof on === 'function') return Boolean(await on(error, attempt));
  return on.some((one) => {
    if (typeof one === 'number') return one === error.exitCode;
    return one === error.signal || one === error.code || (one === 'timeout' && error.timedOut);
  });
}

async function waitFor(retry, attempt, error) {
  const ms = await retry.wait(attempt, error);
  if (typeof ms === 'number' && ms >= 0 && ms <= LONGEST_TIMER) return ms;
  throw new codes.ERR_OUT_OF_RANGE('what options.retry.backoff returned', '>= 0 && <= 2147483647', ms);
}

/** @returns {Subprocess} */
function retried(file, args, settings) {
  return new RetriedSubprocess(file, args, settings);
}

module.exports = { retried };
