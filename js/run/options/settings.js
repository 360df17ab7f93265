'use strict';
// From the options as they are given to all settings of one call, each present and in one form.

const path = require('path');
const validate = require('../../validate');
const { limitsJson } = require('../../limits');
const { environmentOf } = require('../environment');
const { ERR_INVALID_ARG_VALUE } = require('./checks');
const { refuseCombinations } = require('./combinations');
const { isPreloaded } = require('./node');
const { PRELOADED } = require('../../preload');
const { rules, fdForms, FORCE_KILL_AFTER } = require('./rules');
const { stdioOf, ONE_INPUT } = require('./stdio');

const SIGTERM = validate.signalNumber('SIGTERM');
const DRAIN = 100;
const NOTHING = Object.freeze({ __proto__: null });
const NEVER_LINES = fdForms.lines.fallback;
const TEXT = new Set(['utf8', 'utf16le']);
const debugging = /(^|[\s,])procs($|[\s,])/.test(process.env.NODE_DEBUG ?? '');
const VERBOSE = debugging ? fdForms.verbose.parse('short') : fdForms.verbose.fallback;

/**
 * @param {object | undefined} options
 * @param {{ sync: boolean, name: string }} caller name: of the function, for errors
 * @returns {Readonly<object>} see the literal in build()
 */
function settingsOf(options, caller) {
  const given = options === undefined ? NOTHING : checked(options, caller.name);
  const { stdio, inputs } = stdioOf(given, given.lifetime === 'independent');
  if (given !== NOTHING) refuseCombinations(given, stdio, caller);
  const connected = caller.sync ? require('./sync-stdio').syncStdio(stdio, inputs, given, caller.name) : stdio;
  return Object.freeze(build(given, connected, inputs, caller));
}

/** Own properties only, and each read once. */
function checked(options, caller) {
  validate.validateObject(options, 'options');
  const given = { __proto__: null };
  for (const key of Object.keys(options)) {
    const value = options[key];
    const rule = rules[key];
    if (rule === undefined) throw require('./unknown').unknownOption(key, value, Object.keys(rules), caller);
    if (value !== undefined) given[key] = rule(value, `options.${key}`);
  }
  return given;
}

function build(given, stdio, inputs, { sync, name }) {
  const encoding = given.encoding ?? 'utf8';
  const node = given.node ?? false;
  const directory = given.cwd === undefined ? ownDirectory() : path.resolve(given.cwd);
  const nodePath = node ? path.resolve(directory ?? '/', given.nodePath ?? process.execPath) : process.execPath;
  const lifetime = given.lifetime ?? 'parent';
  const environment = environmentOf(given, directory, node ? path.dirname(nodePath) : undefined);
  return {
    __proto__: null,
    /** Of the function that was called. */
    name,
    sync,

    /** For the addon: absolute, or undefined for this process's own. */
    cwd: given.cwd === undefined ? undefined : directory,
    /** What cwd comes to; undefined when this process's own is gone. */
    directory,
    /** For the addon: 'NAME=value' joined by NUL, or null for this process's own. */
    environment,
    shell: given.shell ?? false,
    argv0: given.argv0,
    uid: given.uid,
    gid: given.gid,
    node,
    nodePath,
    nodeOptions: given.nodeOptions,
    resourceLimits: given.resourceLimits,
    /** For the addon: JSON or null. */
    limits: limitsJson(given),
    pty: given.pty ?? null,

    /** A list of targets for each of the child's fds, see target.js. */
    stdio,
    /** (fd) => whether the child reads from it. */
    isInput: inputs === ONE_INPUT ? onlyStdin : (fd) => inputs[fd] === true,
    all: given.all ?? false,
    encoding,
    // Cutting lines out of bytes would cut characters in two.
    lines: given.lines !== undefined && TEXT.has(encoding) ? given.lines : NEVER_LINES,
    stripFinalNewline: given.stripFinalNewline ?? fdForms.stripFinalNewline.fallback,
    maxBuffer: given.maxBuffer ?? fdForms.maxBuffer.fallback,
    buffer: given.buffer ?? fdForms.buffer.fallback,

    reject: given.reject ?? true,
    /** (fd) => 'none', 'short', 'full' or a function. */
    verbose: given.verbose ?? VERBOSE,
    /** Whether any of it is to be told. */
    isVerbose: given.verbose === undefined ? debugging : isVerbose(given.verbose, stdio.length),
    /** See retry.js. */
    retry: given.retry,

    /** 0: none. */
    timeout: given.timeout ?? 0,
    signal: given.signal ?? given.cancelSignal,
    gracefulCancel: given.gracefulCancel ?? false,
    /** A number. */
    killSignal: given.killSignal ?? SIGTERM,
    /** Infinity: never. */
    forceKillAfterDelay: given.forceKillAfterDelay ?? FORCE_KILL_AFTER,
    killMode: given.killMode ?? 'tree',
    /** 'independent': not waited for, and not ended. */
    lifetime,
    /** Whether it may outlive this process. */
    outlives: lifetime === 'independent' || given.cleanup === false,
    detached: lifetime === 'independent' || (given.detached ?? false),
    waitFor: given.waitFor ?? 'exit',
    drainTimeout: given.waitFor === 'close' ? Infinity : (given.drainTimeout ?? DRAIN),

    ipc:
      given.ipc ??
      (!sync && (node || given.ipcInput !== undefined || given.gracefulCancel === true || given.serialization === 'structured')),
    serialization: given.serialization ?? 'advanced',
    /** Options of the channel, where it is our own. */
    channel: given.channel,
    /** `transport: 'fast'`, where that can be had. */
    [PRELOADED]: isPreloaded(given, environment),
    ipcInput: ipcInput(given),
  };
}

function isVerbose(verbose, count) {
  for (let fd = 1; fd < Math.max(3, count); fd++) if (verbose(fd) !== 'none') return true;
  return false;
}

function onlyStdin(fd) {
  return fd === 0;
}

function ownDirectory() {
  try {
    return process.cwd();
  } catch (error) {
    if (error.code === 'ENOENT') return undefined; // removed while we are in it: no reason not to start a program
    throw error;
  }
}

/** Tried now, so that what cannot be sent is refused before anything is started. */
function ipcInput({ ipcInput: message, serialization = 'advanced' }) {
  if (message === undefined) return undefined;
  try {
    if (serialization === 'json') {
      if (JSON.stringify(message) === undefined) throw new TypeError('JSON has no such value');
    } else if (serialization === 'structured') {
      require('../channel').refuseUnsendable(message);
    } else {
      require('v8').serialize(message);
    }
  } catch (cause) {
    const error = new ERR_INVALID_ARG_VALUE('options.ipcInput', message, `cannot be serialized as '${serialization}'`);
    throw Object.defineProperty(error, 'cause', { __proto__: null, value: cause, writable: true, configurable: true });
  }
  return message;
}

module.exports = { settingsOf, checkOptions: checked };
