'use strict';
// The parent's end of Node's own IPC channel: what `fork` and `stdio: 'ipc'` give a child that is plain Node.

const { Link } = require('./link');

/**
 * Gives `child` send(), disconnect(), channel and connected, and starts to read.
 * @param {import('node:events').EventEmitter} child
 * @param {number} fd our end of the channel's socket pair; ours from here on
 * @param {'json' | 'advanced'} serialization
 * @param {(child: object) => void} maybeClose called once when the peer's end is closed, which is one of the things 'close' waits for
 */
function setupChannel(child, fd, serialization, maybeClose) {
  return new Link(child, fd, serialization, maybeClose).control;
}

module.exports = { setupChannel };
