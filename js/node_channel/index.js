'use strict';
// Node's own IPC channel: the end of the parent, which is what `fork` and `stdio: 'ipc'` give a child, and for a child that knows us the
// other end as well. Both speak as Node does, so that either peer may be plain Node.

const { reactor } = require('../reactor');
const { joinParent } = require('./child-end');
const { serverOf } = require('./handles');
const { adopt } = require('./handles/adopt');
const { releaseHttpParser } = require('./handles/http_parser');
const { udpHandleOf } = require('./handles/udp');
const { Link, codecOf } = require('./link');
const { Ring } = require('./ring');

/** See Outbox. */
const EAGER = 1;

/**
 * Gives `child` send(), disconnect(), channel and connected, and starts to read.
 * @param {import('node:events').EventEmitter} child
 * @param {number} fd our end of the channel's socket pair; ours from here on
 * @param {'json' | 'advanced'} serialization
 * @param {(child: object) => void} maybeClose called once when the peer's end is closed, which is one of the things 'close' waits for
 * @param {Ring | null} [ring] that the child has inherited
 */
function setupChannel(child, fd, serialization, maybeClose, ring = null) {
  const native = reactor().openChannel(fd, codecOf(serialization).mode, ring?.take());
  return new Link(child, native, serialization, maybeClose, EAGER).control;
}

module.exports = {
  Ring,
  setupChannel,
  joinParent,
  // For handles over other channels.
  adopt,
  releaseHttpParser,
  serverOf,
  udpHandleOf,
};
