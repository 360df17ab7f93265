'use strict';
// What becomes of a ChildProcess, from its constructor to its end.

const errors = require('../errors');
const { validateObject, signalNumber } = require('../validate');
const { stdioOf } = require('./child-stdio');
const { created } = require('./diagnostics');
const { EINVAL, ENOSYS, ESRCH } = require('./errno');
const { exited } = require('./exit');
const { launch } = require('./launch');
const { Process } = require('./process-handle');

function begin(child) {
  child._handle = new Process();
  child._handle.onexit = (exitCode, signalCode) => exited(child, exitCode, signalCode);
  if (created.hasSubscribers) created.publish({ process: child });
}

function start(child, options) {
  validateObject(options, 'options');
  return launch(child, options);
}

function kill(child, signal) {
  const number = signal === 0 ? 0 : signalNumber(signal === undefined ? 'SIGTERM' : signal);
  if (!child._handle) return false;
  const status = child._handle.kill(number);
  if (status === 0) {
    child.killed = true;
    return true;
  }
  if (status === EINVAL || status === ENOSYS) throw new errors.ErrnoException(status, 'kill'); // no such signal on this platform
  if (status !== ESRCH) child.emit('error', new errors.ErrnoException(status, 'kill'));
  return false;
}

/** Its streams keep this process alive even so, until they are at their end. */
function unref(child) {
  stdioOf(child)?.openOutputs();
  child._handle.unref();
}

module.exports = { begin, start, kill, unref };
