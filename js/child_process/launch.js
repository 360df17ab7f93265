'use strict';
// One start: from checked options to a running child with its streams and its channel, or to the error Node has for it.

const errors = require('../errors');
const { validateString, validateArray } = require('../validate');
const { channelKind } = require('./channel-kind');
const { spawning } = require('./diagnostics');
const { withVariables } = require('./environment');
const { EACCES, EAGAIN, EMFILE, ENFILE, ENOENT } = require('./errno');
const { release } = require('../held');
const { attachStdio } = require('./child-stdio');
const { joinStrings } = require('./nul');
const { startArguments } = require('./start-arguments');
const { planStdio, writePlan, plan } = require('./stdio');

/**
 * @param {object} options what ChildProcess.prototype.spawn takes
 * @param {string | null} [environment] for the addon; options.envPairs when it is not given
 * @returns {number} 0, or a negated errno that an 'error' event will tell of
 */
function launch(child, options, environment) {
  const { entries, ipcFd } = planStdio(options.stdio || 'pipe', false);
  options.stdio = entries;
  const channel = channelKind(options, ipcFd);
  try {
    return launchWith(child, options, environment, channel, ipcFd);
  } finally {
    channel?.done();
  }
}

function launchWith(child, options, environment, channel, ipcFd) {
  const entries = options.stdio;
  const variables = channel === null ? null : channel.variables;
  const block = environment === undefined ? blockOfPairs(options, variables) : withChannel(environment, variables);

  validateString(options.file, 'options.file');
  child.spawnfile = options.file;
  if (options.args !== undefined) validateArray(options.args, 'options.args');
  child.spawnargs = options.args ?? [];

  if (spawning.hasSubscribers) spawning.start.publish({ process: child, options });
  const status = start(child, options, block, channel === null ? entries : [...entries, ...channel.inherited]);
  // Copied now: what runs while the channel is made (async_hooks) may start another child.
  const ends = plan().slice(2, 2 + entries.length);

  if (status === 0) {
    if (spawning.hasSubscribers) spawning.end.publish({ process: child });
    process.nextTick(emitSpawn, child);
  } else {
    report(child, status);
    if (status === EMFILE || status === ENFILE) return status; // then there are no streams either
  }
  child.pid = child._handle.pid;
  // A failed start has its streams too. They are at their end, and so 'close' comes after 'error'.
  attachStdio(child, entries, ends);
  if (channel !== null) channel.setup(child, release(ends[ipcFd]));
  return status;
}

function start(child, options, block, entries) {
  // First: it may call toString() of an argument, which may start another child and so write another plan.
  const args = startArguments(options, block, false);
  return writePlan(entries) || child._handle.spawn(args, entries.length, options.killMode);
}

/** What can happen to any program at any time is told by an event; what is wrong with the options is thrown. */
function report(child, status) {
  if (spawning.hasSubscribers) spawning.error.publish({ process: child, error: new errors.ErrnoException(status, 'spawn') });
  switch (status) {
    case EACCES:
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOENT:
      process.nextTick(emitFailure, child, status);
      return;
    default:
      child._handle.close();
      child._handle = null;
      throw new errors.ErrnoException(status, 'spawn');
  }
}

function emitSpawn(child) {
  child.emit('spawn');
}

function emitFailure(child, status) {
  child._handle.onexit(status, '');
}

function withChannel(environment, variables) {
  return variables === null ? environment : withVariables(environment, variables.join('\0'));
}

/** For a direct call of ChildProcess.prototype.spawn: without envPairs it is this process's environment, but none at all with a channel. */
function blockOfPairs(options, variables) {
  if (variables !== null) {
    if (options.envPairs === undefined) options.envPairs = [];
    else validateArray(options.envPairs, 'options.envPairs');
    options.envPairs.push(...variables);
  }
  return Array.isArray(options.envPairs) ? joinStrings(options.envPairs, 'options.envPairs') : null;
}

module.exports = { launch };
