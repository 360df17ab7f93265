'use strict';
// In the child, before its script, see index.js. In its Workers as well, since they inherit the flag: there is no channel for those.
//
// Loaded by whatever Node the child runs in, so nothing here may be newer than the oldest that can be met.

const { closeSync } = require('fs');
const { isMainThread } = require('worker_threads');

const VARIABLE = 'PROCS_FAST_CHANNEL';

hide();
if (isMainThread && process.env[VARIABLE] !== undefined) begin();

function begin() {
  const [fd, serialization, ring] = process.env[VARIABLE].split(':');
  delete process.env[VARIABLE];
  join(Number(fd), serialization, ring === undefined ? undefined : Number(ring));
}

/** Where the addon cannot be loaded (--no-addons, a Node for another processor), by Node's own code. */
function join(fd, serialization, ring) {
  let joinParent;
  try {
    joinParent = require('../node_channel').joinParent;
    require('../reactor').reactor();
  } catch (error) {
    const options = { code: 'PROCS_FALLBACK' };
    process.emitWarning(`transport: 'fast' cannot be had, so the channel is Node's own: ${error.message}`, options);
    // Or whatever this process starts would have it.
    if (ring !== undefined) for (const one of [ring, ring + 1, ring + 2]) closeSync(one);
    require('child_process')._forkChild(fd, serialization);
    return;
  }
  joinParent(fd, serialization, ring);
}

/** The script, and whatever it forks or starts as a Worker, sees its flags as they were before we added ours in front. */
function hide() {
  const { execArgv } = process;
  if (execArgv[0] === '--require' && isThisFile(execArgv[1])) execArgv.splice(0, 2);
  const preloaded = process._preload_modules;
  // Behind those of NODE_OPTIONS.
  const at = Array.isArray(preloaded) ? preloaded.findIndex(isThisFile) : -1;
  if (at >= 0) preloaded.splice(at, 1);
}

function isThisFile(path) {
  try {
    return require.resolve(path) === __filename;
  } catch {
    return false;
  }
}
