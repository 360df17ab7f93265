'use strict';
// `transport: 'fast'`: a Node child whose script is not changed, and whose end of Node's own channel is ours all the same.
//
// The script's Node is told to load child.js before it (--require). That takes the channel before the script looks for it, and removes
// every trace of itself. What goes over the channel is what Node's own code would have sent: a child where our code cannot run uses
// Node's.

const path = require('path');

const VARIABLE = 'PROCS_FAST_CHANNEL';
const FILE = path.join(__dirname, 'child.js');

/** Where Node refuses addons, and perhaps to read our file, before the script runs. */
const FORBIDDING = /^--(?:experimental-)?permission(?:=|$)/;

/** Among the options of a start: its channel is for child.js. */
const PRELOADED = Symbol('preloaded');

/**
 * Whether the child can be ours; if not, it is left to Node's own code.
 * @param {readonly string[]} execArgv for node itself
 * @param {Record<string, string | undefined>} env the child's
 */
function canPreload(execArgv, env) {
  // A worker of Node's own cluster looks for its channel before anything is preloaded.
  if (env.NODE_UNIQUE_ID) return false;
  const flags = [...execArgv, ...(env.NODE_OPTIONS ?? '').split(/\s+/)];
  return !flags.some((flag) => FORBIDDING.test(flag));
}

/** What to put between `node` and its other arguments. */
function preloadArguments() {
  return ['--require', FILE];
}

/**
 * By what child.js finds the channel.
 * @param {number} [ring] first of the ring's descriptors in the child, where there is one
 */
function preloadVariable(fd, serialization, ring) {
  return `${VARIABLE}=${fd}:${serialization}${ring === undefined ? '' : `:${ring}`}`;
}

module.exports = { PRELOADED, canPreload, preloadArguments, preloadVariable };
