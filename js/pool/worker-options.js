'use strict';
// How the processes of a pool are started: what they find around them, what they may use, where their output goes.

const path = require('node:path');
const errors = require('../errors');
const limits = require('../limits');
const { inheritedFlags } = require('../node-flags');
const { GID, UID } = require('../spawn-flags');
const { validateArray, validateInteger, validateObject, validateOneOf, validatePath, validateString } = require('../validate');

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } = errors.codes;

/** Stdio in native.d.ts, for stdout and stderr as fd 1 and 2. */
const IGNORE = -1;
const PIPE = -2;
const OUTPUTS = ['inherit', 'ignore', 'pipe'];

const CHECKS = {
  __proto__: null,
  execPath: pathText,
  execArgv: strings,
  env: variables,
  envAllow: patterns,
  cwd: (value, name) => path.resolve(pathText(value, name)),
  uid: id,
  gid: id,
  resourceLimits: limits.resourceLimits,
  nice: limits.nice,
  cpuAffinity: limits.cpuAffinity,
  stdout: output,
  stderr: output,
};

const WORKER_OPTIONS = new Set(Object.keys(CHECKS));
const FOR_NODE = ['execPath', 'execArgv'];

/**
 * @param {object} given options of a pool, of which it looks at its own, and at `program`
 * @returns {object} see the literal
 */
function workerOptions(given) {
  const options = { __proto__: null };
  for (const name of WORKER_OPTIONS) {
    if (given[name] !== undefined) options[name] = CHECKS[name](given[name], `options.${name}`);
  }
  if (given.program !== undefined) refuseForPrograms(given, options);
  const {
    execPath = process.execPath,
    execArgv = inheritedFlags(),
    cwd = null,
    uid,
    gid,
    stdout = 'inherit',
    stderr = 'inherit',
  } = options;
  return {
    __proto__: null,
    execPath,
    /** Node's flags. The last one counts, so the limits are behind. */
    execArgv: [...execArgv, ...(options.resourceLimits?.v8 ?? [])],
    /** 'NAME=value' joined by NUL, or null for this process's own. */
    env: environment(options),
    cwd,
    flags: (uid === undefined ? 0 : UID) | (gid === undefined ? 0 : GID),
    uid: uid ?? 0,
    gid: gid ?? 0,
    /** JSON, or null. */
    limits: limits.limitsJson(options),
    /** fds 0, 1 and 2. */
    stdio: Int32Array.of(IGNORE, fdOf(stdout, 1), fdOf(stderr, 2)),
    /** Which streams of it come here; null for neither. */
    tagOutput: stdout === 'pipe' || stderr === 'pipe' ? { stdout: stdout === 'pipe', stderr: stderr === 'pipe' } : null,
    /** For people: with the defaults, and limits as they were given. */
    shown: {
      ...options,
      ...(given.program === undefined ? { execPath, execArgv } : undefined),
      resourceLimits: given.resourceLimits,
      stdout,
      stderr,
    },
  };
}

function refuseForPrograms(given, options) {
  const refuse = (name) => {
    throw new ERR_INVALID_ARG_VALUE(`options.${name}`, given[name], "is for Node, and cannot be used with 'options.program'");
  };
  for (const name of FOR_NODE) if (options[name] !== undefined) refuse(name);
  if (options.resourceLimits?.v8.length > 0) refuse('resourceLimits');
}

function fdOf(where, fd) {
  if (where === 'pipe') return PIPE;
  return where === 'ignore' ? IGNORE : fd;
}

/** As worker_threads and fork() have it, `env` is all there is; what `envAllow` names of this process's own is there too. */
function environment({ env, envAllow }) {
  const { environmentBlock } = require('../child_process')[Symbol.for('@x/procs.inside')]();
  if (env === undefined && envAllow === undefined) return environmentBlock(undefined);
  return environmentBlock({ __proto__: null, ...(envAllow === undefined ? undefined : allowed(envAllow)), ...env });
}

function allowed(names) {
  const own = { __proto__: null };
  for (const [name, value] of Object.entries(process.env)) {
    if (names.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one))) own[name] = value;
  }
  return own;
}

function variables(value, name) {
  validateObject(value, name);
  const copy = { __proto__: null };
  for (const key of Object.keys(value)) {
    const one = value[key];
    if (key === '' || key.includes('=') || key.includes('\0'))
      throw new ERR_INVALID_ARG_VALUE(name, key, 'must not have names that are empty or hold "=" or null bytes');
    if (one === undefined) continue;
    if (typeof one !== 'string' && typeof one !== 'number') throw new ERR_INVALID_ARG_TYPE(`${name}.${key}`, ['string', 'number'], one);
    copy[key] = text(`${one}`, `${name}.${key}`);
  }
  return copy;
}

/** Names of variables, or their beginning: LC_* */
function patterns(value, name) {
  const list = strings(value, name);
  list.forEach((one, i) => {
    const star = one.indexOf('*');
    if (one !== '' && (star === -1 || star === one.length - 1)) return;
    throw new ERR_INVALID_ARG_VALUE(`${name}[${i}]`, one, "must be a name, or a prefix that ends in '*'");
  });
  return list;
}

function strings(value, name) {
  validateArray(value, name);
  return value.map((one, i) => {
    validateString(one, `${name}[${i}]`);
    return text(one, `${name}[${i}]`);
  });
}

function text(value, name) {
  if (value.includes('\0')) throw new ERR_INVALID_ARG_VALUE(name, value, 'must be a string without null bytes');
  return value;
}

function pathText(value, name) {
  const checked = validatePath(value, name);
  return typeof checked === 'string' ? checked : Buffer.from(checked).toString();
}

function id(value, name) {
  validateInteger(value, name, 0, 2 ** 31 - 1);
  return value;
}

function output(value, name) {
  validateOneOf(value, name, OUTPUTS);
  return value;
}

module.exports = { WORKER_OPTIONS, workerOptions };
