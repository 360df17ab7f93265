'use strict';
// What a ChildProcess has as `_handle`: Node's Process handle, over the reactor.
//
// It is an AsyncResource because events arrive from the event loop, which is in nobody's async context: 'exit' has to run in the
// one that the child was made in. The type is the one Node's handle has.

const { AsyncResource } = require('async_hooks');
const { holdFlag } = require('../held');
const { reactor, register, unregister } = require('../reactor');
const { signalName } = require('../validate');
const { ESRCH } = require('./errno');
const { signalGroup, signalTree } = require('./reach');
const { plan } = require('./stdio');

const RESOURCE = { __proto__: null, requireManualDestroy: true };

class Process extends AsyncResource {
  /** In the reactor; 0 before the start and after the end. */
  #id = 0;
  #killMode;

  constructor() {
    super('PROCESSWRAP', RESOURCE);
    /** Called once, as (exitCode, signalName, signal); the name is empty where Node has none. A negative exitCode says why the program did not come to run. */
    this.onexit = undefined;
    /** Called before it, as (exitCode, signalName), where signalName is null without a signal. */
    this.onend = undefined;
  }

  /**
   * With the stdio plan as it was written last. In a Worker our ends are held by the addon, see ../held.js.
   * @param {'process' | 'group' | 'tree'} [killMode] who gets what kill() sends
   * @param {string | null} [limits] see limits.js
   */
  spawn([file, argv, environment, cwd, flags, uid, gid], count, killMode, limits) {
    const io = plan();
    const status = reactor().spawn(file, argv, environment, cwd, flags | holdFlag(), uid, gid, io, count, limits);
    if (status === 0) {
      this.pid = io[0];
      this.#id = io[1];
      this.#killMode = killMode;
      register(this.#id, this);
    }
    return status;
  }

  /** Called by the reactor. */
  onExit(exitCode, signal) {
    unregister(this.#id);
    this.#id = 0;
    this.onend?.(exitCode, signal === 0 ? null : signalName(signal));
    this.runInAsyncScope(this.onexit, this, exitCode, signal === 0 ? '' : signalName(signal), signal);
  }

  kill(signal) {
    if (signal !== 0 && this.#killMode === 'tree') return signalTree(this, signal);
    if (signal !== 0 && this.#killMode === 'group') return signalGroup(this, signal);
    return this.signal(signal);
  }

  /** To the child alone. */
  signal(signal) {
    return this.#id === 0 ? ESRCH : reactor().kill(this.#id, signal);
  }

  /** Number of the tree that it was started as, 0 for none. For as long as it runs. */
  tree() {
    return this.#id === 0 ? 0 : reactor().tree(this.#id);
  }

  ref() {
    if (this.#id !== 0) reactor().ref(this.#id);
  }

  unref() {
    if (this.#id !== 0) reactor().unref(this.#id);
  }

  hasRef() {
    return this.#id !== 0 && reactor().hasRef(this.#id);
  }

  getAsyncId() {
    return this.asyncId();
  }

  /** Before the end, too: then the child goes on, unwatched, and is reaped all the same. */
  close(callback) {
    if (this.#id !== 0) {
      this.unref();
      unregister(this.#id);
      this.#id = 0;
    }
    this.emitDestroy();
    if (typeof callback === 'function') process.nextTick(callback);
  }
}

module.exports = { Process };
