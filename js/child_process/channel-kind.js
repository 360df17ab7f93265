'use strict';
// Which channel a child gets: Node's own, with a plain Node at the other end or our code there, or ours.

const { PRELOADED, preloadVariable } = require('../preload');
const { validateOneOf } = require('../validate');
const { maybeClose } = require('./exit');

/**
 * Refuses what cannot be. Loads what is needed before the start, so that nothing is left behind if it cannot be loaded.
 * @param {object} options of the child
 * @param {number} fd the child's, or -1 for no channel
 * @returns {{ variables: string[], setup: (child: object, fd: number) => void } | null} variables: what the child finds it by
 */
function channelKind(options, fd) {
  if (options.serialization === 'structured') return ours(options, fd);
  validateOneOf(options.serialization, 'options.serialization', [undefined, 'json', 'advanced']);
  if (fd === -1) return null;
  const serialization = options.serialization || 'json';
  const { setupChannel } = require('../node_channel');
  const variables = options[PRELOADED]
    ? [preloadVariable(fd, serialization)]
    : [`NODE_CHANNEL_FD=${fd}`, `NODE_CHANNEL_SERIALIZATION_MODE=${serialization}`];
  return { variables, setup: (child, end) => setupChannel(child, end, serialization, maybeClose) };
}

function ours({ channel }, fd) {
  const { channelOptions, channelVariable, setupChannel } = require('../ipc')[Symbol.for('@x/procs.inside')]();
  channelOptions(channel, 'options.channel');
  if (fd === -1) return null;
  return { variables: [channelVariable(fd)], setup: (child, end) => setupChannel(child, end, channel, maybeClose) };
}

module.exports = { channelKind };
