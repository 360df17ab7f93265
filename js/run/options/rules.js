'use strict';
// Every option by name, and how its value is checked and put into one form. What options mean together is in combinations.js.

const check = require('./checks');
const { fdForm } = require('./fd-form');
const limits = require('../../limits');
const { pty } = require('./pty');
const { retry } = require('./retry');
const validate = require('../../validate');

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } = check;

const FORCE_KILL_AFTER = 5_000;
const MAX_BUFFER = 100_000_000;

const either = (a, b) => a || b;
const sum = (a, b) => a + b;

const fdForms = {
  __proto__: null,
  lines: fdForm(check.boolean, false, either),
  stripFinalNewline: fdForm(check.boolean, true, either),
  maxBuffer: fdForm(check.limit, MAX_BUFFER, sum),
  buffer: fdForm(check.boolean, true, either),
  verbose: fdForm(verbose, 'none', (a, b) => (a === 'none' ? b : a)),
};

/** (value, name) => value. `undefined` never comes here: it stands for the default. */
const rules = {
  __proto__: null,

  cwd: check.path,
  env: environment,
  extendEnv: check.boolean,
  envAllow: patterns,
  envDeny: patterns,
  preferLocal,
  localDir: check.path,
  shell,
  argv0: check.string,
  uid: check.integer(-(2 ** 31), 2 ** 31 - 1),
  gid: check.integer(-(2 ** 31), 2 ** 31 - 1),
  node: check.boolean,
  nodePath: check.path,
  nodeOptions: check.strings,
  resourceLimits: limits.resourceLimits,
  nice: limits.nice,
  cpuAffinity: limits.cpuAffinity,
  pty,

  // Checked together, in stdio.js.
  stdin: asIs,
  stdout: asIs,
  stderr: asIs,
  stdio: asIs,
  input: asIs,
  inputFile: check.path,

  all: check.boolean,
  encoding,
  lines: fdForms.lines.parse,
  stripFinalNewline: fdForms.stripFinalNewline.parse,
  maxBuffer: fdForms.maxBuffer.parse,
  buffer: fdForms.buffer.parse,

  reject: check.boolean,
  verbose: fdForms.verbose.parse,
  retry,

  timeout: check.duration,
  signal: check.abortSignal,
  cancelSignal: check.abortSignal,
  gracefulCancel: check.boolean,
  killSignal: check.endingSignal,
  forceKillAfterDelay: check.delay(FORCE_KILL_AFTER),
  killMode: check.oneOf('process', 'group', 'tree'),
  lifetime: check.oneOf('parent', 'independent'),
  detached: check.boolean,
  cleanup: check.boolean,
  waitFor: check.oneOf('close', 'exit', 'tree'),
  drainTimeout: check.durationOrInfinity,

  ipc: check.boolean,
  serialization: check.oneOf('json', 'advanced', 'structured'),
  channel: channelOptions,
  transport: check.oneOf('fast'),
  broker: (value) => require('../channel').brokerVariables(value),
  ipcInput: asIs,

  // Of no effect here, and not refused: code that also runs on Windows sets them.
  windowsHide: check.boolean,
  windowsVerbatimArguments: check.boolean,
};

/** Of our own channel. */
function channelOptions(value, name) {
  require('../channel').channelOptions(value, name);
  return value;
}

function asIs(value) {
  return value;
}

function environment(value, name) {
  validate.validateObject(value, name);
  const copy = { __proto__: null };
  for (const key of Object.keys(value)) {
    if (key === '' || key.includes('=') || key.includes('\0')) {
      throw new ERR_INVALID_ARG_VALUE(name, key, 'must not have names that are empty or hold "=" or null bytes');
    }
    const one = value[key];
    copy[key] = one === undefined ? one : variable(one, `${name}.${key}`);
  }
  return copy;
}

function variable(value, name) {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') throw new ERR_INVALID_ARG_TYPE(name, ['string', 'number'], value);
  return check.string(value, name);
}

/** Names of variables, or their beginning: LC_* */
function patterns(value, name) {
  const list = check.strings(value, name);
  list.forEach((one, i) => {
    const star = one.indexOf('*');
    if (one !== '' && (star === -1 || star === one.length - 1)) return;
    throw new ERR_INVALID_ARG_VALUE(`${name}[${i}]`, one, "must be a name, or a prefix that ends in '*'");
  });
  return list;
}

/** @returns {boolean | string[]} */
function preferLocal(value, name) {
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((one, i) => check.path(one, `${name}[${i}]`));
  if (typeof value === 'string' || value instanceof URL) return [check.path(value, name)];
  throw new ERR_INVALID_ARG_TYPE(name, ['boolean', 'string', 'Array', 'URL'], value);
}

/** @returns {string | false} */
function shell(value, name) {
  if (typeof value === 'boolean') return value && '/bin/sh';
  if (typeof value !== 'string' && !(value instanceof URL)) throw new ERR_INVALID_ARG_TYPE(name, ['boolean', 'string', 'URL'], value);
  if (value === '') throw new ERR_INVALID_ARG_VALUE(name, value, 'must not be empty');
  return check.path(value, name);
}

const ENCODINGS = ['utf8', 'utf16le', 'buffer', 'hex', 'base64', 'base64url', 'latin1', 'ascii'];
const ALIASES = { __proto__: null, 'utf-8': 'utf8', 'utf-16le': 'utf16le', ucs2: 'utf16le', 'ucs-2': 'utf16le', binary: 'latin1' };

/** Under all the names that Buffer has for it. */
function encoding(value, name) {
  if (typeof value !== 'string') throw new ERR_INVALID_ARG_TYPE(name, 'string', value);
  const lower = value.toLowerCase();
  const canonical = ALIASES[lower] ?? lower;
  if (!ENCODINGS.includes(canonical)) validate.validateOneOf(value, name, ENCODINGS);
  return canonical;
}

function verbose(value, name) {
  if (typeof value === 'function') return value;
  if (value === true) return 'short';
  if (value === false) return 'none';
  if (value === 'none' || value === 'short' || value === 'full') return value;
  throw new ERR_INVALID_ARG_VALUE(name, value, "must be one of: false, true, 'none', 'short', 'full', or a function");
}

module.exports = { rules, fdForms, FORCE_KILL_AFTER };
