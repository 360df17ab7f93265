'use strict';

/** Called once for the exit, once per stream and once for the channel; the last one makes 'close'. */
function maybeClose(child) {
  child._closesGot++;
  if (child._closesGot === child._closesNeeded) child.emit('close', child.exitCode, child.signalCode);
}

module.exports = { maybeClose };
