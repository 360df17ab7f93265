'use strict';
// The child's environment as the addon takes it: 'NAME=value' joined by NUL, or null for this process's own, unchanged.

const { isMainThread } = require('../main-thread');
const { refuseNul } = require('./nul');

const { hasOwn } = Object;

/** Whether process.env is what it was: an application may assign another object to it. */
const envAtLoad = process.env;
let inheritable;

/** NODE_OPTIONS for the children of an application that runs with PROCS_REGISTER_CHILDREN=1, see ../register.js. */
let childOptions = null;

/**
 * @param {object | null | undefined} env the option
 * @returns {string | null}
 */
function environmentBlock(env) {
  // Reading all of process.env takes 20 microseconds and more: each variable is a call into C++ and one to getenv().
  if (!env && inheritsAsIs()) return null;
  return blockOf(env || process.env, env ? forcedVariables(env) : null);
}

/** `block` as a list, for whoever looks at options.envPairs as Node has it. */
function environmentPairs(block) {
  const whole = block ?? blockOf(process.env, null);
  return whole === '' ? [] : whole.split('\0');
}

/** Adds variables that are not the user's. */
function withVariables(block, variables) {
  const whole = block ?? blockOf(process.env, null);
  return whole === '' ? variables : `${whole}\0${variables}`;
}

/**
 * process.env of the main thread reads and writes the environment of the process itself. A Worker has a copy, and Jest and some
 * applications put a plain object in its place.
 */
function inheritsAsIs() {
  inheritable ??= isMainThread() && isNative(envAtLoad);
  return inheritable && process.env === envAtLoad;
}

/** Node's own refuses accessors; a plain object takes one. */
function isNative(env) {
  const probe = '__PROCS_PROBE__';
  try {
    Object.defineProperty(env, probe, { __proto__: null, configurable: true, get: () => undefined });
  } catch (error) {
    return error.code === 'ERR_INVALID_OBJECT_DEFINE_PROPERTY';
  }
  delete env[probe];
  return false;
}

function blockOf(env, forced) {
  let block = '';
  // Inherited values are meant to be included: applications layer environments with Object.create().
  for (const name in env) {
    const value = env[name];
    if (value === undefined || (forced !== null && name in forced)) continue;
    block += `\0${pair(name, value)}`;
  }
  for (const name in forced) block += `\0${pair(name, forced[name])}`;
  return block.slice(1);
}

function pair(name, value) {
  const text = `${name}=${value}`;
  if (text.includes('\0')) {
    refuseNul(name, `options.env['${name}']`);
    refuseNul(`${value}`, `options.env['${name}']`);
  }
  return text;
}

/** What reaches a child although its `env` does not have it. */
function forcedVariables(env) {
  let forced = null;
  // As Node does, so that coverage of programs that start others with a hand-picked environment is complete.
  const coverage = process.env.NODE_V8_COVERAGE;
  if (coverage && !hasOwn(env, 'NODE_V8_COVERAGE')) forced = { __proto__: null, NODE_V8_COVERAGE: coverage };
  if (childOptions !== null) {
    forced ??= { __proto__: null };
    forced.NODE_OPTIONS = childOptions(env.NODE_OPTIONS);
    forced.PROCS_REGISTER_CHILDREN = '1';
  }
  return forced;
}

/** @param {(nodeOptions: string | undefined) => string} adapt gives a child's NODE_OPTIONS from those in its `env` */
function adaptChildOptions(adapt) {
  childOptions = adapt;
}

module.exports = { environmentBlock, environmentPairs, withVariables, adaptChildOptions };
