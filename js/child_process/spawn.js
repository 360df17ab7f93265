'use strict';

const { debuglog } = require('util');
const { setTimeout, clearTimeout } = require('timers');
const errors = require('../errors');
const { validateAbortSignal } = require('../validate');
const { onAbort } = require('./abort-signal');
const { ChildProcess, ownSpawn } = require('./child-process');
const { spawning } = require('./diagnostics');
const { environmentPairs } = require('./environment');
const { launch } = require('./launch');
require('./life-cycle'); // with this file, and not with the first child, when there may be no fd left to read it with
const { validateTimeout, killSignalNumber } = require('./limits');
const { normalizeSpawnArguments } = require('./normalize');

const debug = debuglog('child_process');

function spawn(file, args, options) {
  const { options: normalized, environment } = normalizeSpawnArguments(file, args, options);
  const { timeout, signal } = normalized;
  validateTimeout(timeout);
  validateAbortSignal(signal, 'options.signal');
  const killSignal = killSignalNumber(normalized.killSignal);
  const outlook = normalized.lifetime === undefined ? null : require('./lifetime').outlookOf(normalized);
  const child = new ChildProcess();

  debug('spawn', normalized);
  start(child, normalized, environment);

  outlook?.(child);
  if (timeout > 0) killAfter(child, timeout, killSignal);
  if (signal) killOnAbort(child, signal, killSignal);
  return child;
}

/**
 * Through the method when somebody has replaced it, or listens to what it tells: then the options get envPairs, which otherwise
 * would be taken apart from the environment only to be joined again.
 */
function start(child, options, environment) {
  if (child.spawn === ownSpawn && !spawning.hasSubscribers) {
    launch(child, options, environment);
  } else {
    options.envPairs = environmentPairs(environment);
    child.spawn(options);
  }
}

function killAfter(child, timeout, killSignal) {
  const timer = setTimeout(() => {
    try {
      child.kill(killSignal);
    } catch (error) {
      child.emit('error', error);
    }
  }, timeout);
  // Not 'exit', which a child that could not be started does not have.
  child.once('close', () => clearTimeout(timer));
}

function killOnAbort(child, signal, killSignal) {
  const abort = () => abortChild(child, killSignal, signal.reason);
  if (signal.aborted) process.nextTick(abort);
  else child.once('exit', onAbort(signal, abort));
}

function abortChild(child, killSignal, reason) {
  try {
    if (child.kill(killSignal)) child.emit('error', new errors.AbortError(undefined, { __proto__: null, cause: reason }));
  } catch (error) {
    child.emit('error', error);
  }
}

module.exports = { spawn };
