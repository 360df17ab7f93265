'use strict';

const { getSystemErrorName } = require('util');
const { setTimeout, clearTimeout } = require('timers');
const errors = require('../errors');
const { validateOneOf } = require('../validate');
const { normalizeExecFileArguments } = require('./exec-arguments');
const { MAX_BUFFER, validateTimeout, validateMaxBuffer, killSignalNumber } = require('./limits');
const { Output } = require('./output');
const { spawn } = require('./spawn');

/** Runs a program and collects its output for the callback. */
function execFile(file, args, options, callback) {
  const given = normalizeExecFileArguments(file, args, options, callback);
  const chosen = {
    __proto__: null,
    encoding: 'utf8',
    timeout: 0,
    maxBuffer: MAX_BUFFER,
    killSignal: 'SIGTERM',
    cwd: null,
    env: null,
    shell: false,
    ...given.options,
  };
  validateTimeout(chosen.timeout);
  validateMaxBuffer(chosen.maxBuffer);
  chosen.killSignal = killSignalNumber(chosen.killSignal);
  // Its output is to be collected here, which keeps it from being independent.
  if (chosen.lifetime !== undefined) validateOneOf(chosen.lifetime, 'options.lifetime', ['parent']);

  const child = spawn(given.file, given.args, {
    __proto__: null,
    cwd: chosen.cwd,
    env: chosen.env,
    gid: chosen.gid,
    ...ends(chosen),
    shell: chosen.shell,
    signal: chosen.signal,
    uid: chosen.uid,
    windowsHide: !!chosen.windowsHide,
    windowsVerbatimArguments: !!chosen.windowsVerbatimArguments,
  });
  new Execution(child, given, chosen).begin();
  return child;
}

/** Only where asked for: whoever listens to the start sees the options that Node has. */
function ends({ killMode, lifetime }) {
  return killMode === undefined && lifetime === undefined ? null : { __proto__: null, killMode, lifetime };
}

/** One child from its start to the callback. */
class Execution {
  constructor(child, { file, args, callback }, options) {
    this.child = child;
    this.command = file;
    this.args = args;
    this.callback = callback;
    this.options = options;
    const encoding = options.encoding !== 'buffer' && Buffer.isEncoding(options.encoding) ? options.encoding : null;
    const overflow = (error) => {
      this.error = error;
      this.kill();
    };
    this.stdout = new Output('stdout', child.stdout, encoding, options.maxBuffer, overflow);
    this.stderr = new Output('stderr', child.stderr, encoding, options.maxBuffer, overflow);
    this.error = null;
    this.killed = false;
    this.done = false;
    this.timer = null;
  }

  begin() {
    const { timeout } = this.options;
    if (timeout > 0) this.timer = setTimeout(() => this.kill(), timeout);
    this.stdout.collect();
    this.stderr.collect();
    this.child.addListener('close', (code, signal) => this.finish(code, signal));
    this.child.addListener('error', (error) => this.fail(error));
  }

  kill() {
    this.stdout.destroy();
    this.stderr.destroy();
    this.killed = true;
    try {
      this.child.kill(this.options.killSignal);
    } catch (error) {
      this.error = error;
      this.finish();
    }
  }

  fail(error) {
    this.error = error;
    this.stdout.destroy();
    this.stderr.destroy();
    this.finish();
  }

  finish(code, signal) {
    if (this.done) return;
    this.done = true;
    clearTimeout(this.timer);
    if (!this.callback) return;

    const stdout = this.stdout.take();
    const stderr = this.stderr.take();
    if (this.error === null && code === 0 && signal === null) {
      this.callback(null, stdout, stderr);
      return;
    }
    const command = this.args.length > 0 ? `${this.command} ${this.args.join(' ')}` : this.command;
    this.error ??= errors.genericNodeError(`Command failed: ${command}\n${stderr}`, {
      code: code < 0 ? getSystemErrorName(code) : code,
      killed: this.child.killed || this.killed,
      signal,
    });
    this.error.cmd = command;
    this.callback(this.error, stdout, stderr);
  }
}

module.exports = { execFile };
