'use strict';
// The end of a child, and of all that belongs to it.

const errors = require('../errors');
const { stdioOf } = require('./child-stdio');
const { maybeClose } = require('./close');
const { flush } = require('./streams');

/** @param {number} exitCode below 0: the program was not executed, a negated errno */
function exited(child, exitCode, signalCode) {
  // Who is still writing to it is told by its stream that it is gone (EPIPE), which the kernel closed before. The same turn, or the next one, sees
  // that too, but in no certain order; and a stream that is destroyed before says of a write under way that all is well.
  if (stdioOf(child)?.isWriting()) afterStreams(() => ended(child, exitCode, signalCode));
  else ended(child, exitCode, signalCode);
}

/** When a whole turn of the loop has begun and ended. */
function afterStreams(callback) {
  setImmediate(setImmediate, callback);
}

function ended(child, exitCode, signalCode) {
  if (signalCode) child.signalCode = signalCode;
  else child.exitCode = exitCode;
  const stdio = stdioOf(child);
  if (stdio) stdio.childHasEnded();
  else if (child.stdin) child.stdin.destroy();
  child._handle.close();
  child._handle = null;

  if (exitCode < 0) {
    // Known only after the start, for example a script whose interpreter is missing: there was a process, but never this program.
    if (child.pid !== undefined) child.pid = undefined;
    child.emit('error', spawnError(child, exitCode));
  } else {
    child.emit('exit', child.exitCode, child.signalCode);
  }

  // Not at once: whoever starts to read in 'exit' or in the ticks after it gets everything.
  process.nextTick(flushStdio, child);
  maybeClose(child);
}

function spawnError(child, errno) {
  const error = new errors.ErrnoException(errno, child.spawnfile ? `spawn ${child.spawnfile}` : 'spawn');
  if (child.spawnfile) error.path = child.spawnfile;
  error.spawnargs = child.spawnargs.slice(1);
  return error;
}

function flushStdio(child) {
  const stdio = stdioOf(child);
  if (stdio) stdio.flush();
  else flush(child.stdio);
}

module.exports = { exited, spawnError };
