'use strict';
// Who else gets a signal that is sent to a child: see the option `killMode`.

const { constants } = require('os');
const { reactor } = require('../reactor');
const { ESRCH } = require('./errno');

const { SIGKILL, SIGSTOP } = constants.signals;

/** Modes of signalTree in native.d.ts. */
const ONCE = 0;
const UNTIL_NONE_IS_LEFT = 1;
const UNTIL_ALL_STAND_STILL = 2;

function treeMode(signal) {
  if (signal === SIGKILL) return UNTIL_NONE_IS_LEFT;
  return signal === SIGSTOP ? UNTIL_ALL_STAND_STILL : ONCE;
}

/**
 * The child and all others in the group that it leads.
 *
 * When the last one in a group is gone its number may become another group's. It does not as long as the leader has not been waited for,
 * which is done on this thread: one that answers its pidfd stays where it is until this returns.
 * @param {import('./process-handle').Process} handle
 * @param {number} signal
 * @returns {number} 0, or a negated errno
 */
function signalGroup(handle, signal) {
  const status = handle.signal(0);
  if (status < 0) return status;
  try {
    process.kill(-handle.pid, signal);
    return 0;
  } catch ({ errno }) {
    // It has only just been cloned and has not made its group yet: it is all there is.
    return errno === ESRCH ? handle.signal(signal) : errno;
  }
}

/** The child, before this returns; and, from a thread, all that it has started. */
function signalTree(handle, signal) {
  const status = handle.signal(signal);
  reactor().signalTree(handle.tree(), signal, treeMode(signal), status === 0 ? handle.pid : 0);
  return status;
}

module.exports = { ONCE, signalGroup, signalTree, treeMode };
