'use strict';
// The child's end: what Node itself does in _forkChild(), on our channel.

const { reactor } = require('../reactor');
const { Link, codecOf } = require('./link');
const { inheritedRing } = require('./ring');

/** See Outbox. */
const EAGER = 8;

/**
 * Gives `process` send(), disconnect(), channel and connected. The channel keeps the process alive only while somebody listens for
 * 'message' or 'disconnect', or channel.ref() says so.
 * @param {number} fd of the socket; ours from here on
 * @param {'json' | 'advanced'} serialization
 * @param {number} [ring] first descriptor of the parent's ring, where there is one
 */
function joinParent(fd, serialization, ring) {
  const native = reactor().openChannel(fd, codecOf(serialization).mode, ring === undefined ? undefined : inheritedRing(ring));
  native.unref();
  const { control } = new Link(process, native, serialization, nobodyWaits, EAGER);
  process.on('newListener', (name) => {
    if (keepsAlive(name)) control.refCounted();
  });
  process.on('removeListener', (name) => {
    if (keepsAlive(name)) control.unrefCounted();
  });
}

function keepsAlive(name) {
  return name === 'message' || name === 'disconnect';
}

/** 'close' is an event of children. */
function nobodyWaits() {}

module.exports = { joinParent };
