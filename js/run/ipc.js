'use strict';
// Which channel a child gets, and what it needs for it: Node's own, with plain Node or our code at the other end, or ours.

const { PRELOADED, preloadVariable } = require('../preload');

const NONE = Object.freeze([]);

/**
 * Loads what is needed before the start, so that nothing is left behind if it cannot be loaded.
 * @param {object} settings
 * @param {number} fd the child's
 * @param {number} next the child's first descriptor behind all others
 * @returns {{ variables: string, inherited: number[], setup(subprocess: object, fd: number, release: () => void): void, done(): void }}
 *   variables: joined by NUL. inherited: descriptors for the child. done(): to be called in the end, started or not.
 */
function channelOf(settings, fd, next) {
  const { serialization } = settings;
  if (serialization === 'structured') return structured(settings, fd);
  const { Ring, setupChannel } = require('../node_channel');
  const ring = settings[PRELOADED] ? Ring.open() : null;
  return {
    variables: settings[PRELOADED]
      ? preloadVariable(fd, serialization, ring === null ? undefined : next)
      : `NODE_CHANNEL_FD=${fd}\0NODE_CHANNEL_SERIALIZATION_MODE=${serialization}`,
    inherited: ring === null ? NONE : ring.fds,
    setup: (subprocess, end, release) => setupChannel(subprocess, end, serialization, release, ring),
    done: () => ring?.close(),
  };
}

function structured({ channel }, fd) {
  const { channelVariable, setupChannel } = require('./channel');
  return {
    variables: channelVariable(fd),
    inherited: NONE,
    setup: (subprocess, end, release) => setupChannel(subprocess, end, channel, release),
    done() {},
  };
}

module.exports = { channelOf };
