'use strict';
// Which channel a child gets: Node's own, with a plain Node at the other end or our code there, or ours.

const { PRELOADED, preloadVariable } = require('../preload');
const { validateOneOf } = require('../validate');
const { maybeClose } = require('./close');

const NONE = Object.freeze([]);
const NOTHING_ELSE = Object.freeze({ inherited: NONE, done() {} });

/**
 * Refuses what cannot be. Loads what is needed before the start, so that nothing is left behind if it cannot be loaded.
 * @param {object} options of the child
 * @param {number} fd the child's, or -1 for no channel
 * @returns {{ variables: string[], inherited: object[], setup: (child: object, fd: number) => void, done: () => void } | null}
 *   variables: what the child finds it by. inherited: entries for descriptors behind those of stdio. done(): to be called in the end, started
 *   or not.
 */
function channelKind(options, fd) {
  if (options.serialization === 'structured') return ours(options, fd);
  validateOneOf(options.serialization, 'options.serialization', [undefined, 'json', 'advanced']);
  if (fd === -1) return null;
  const serialization = options.serialization || 'json';
  if (options[PRELOADED]) return fast(options, fd, serialization);
  const { setupChannel } = require('../node_channel');
  const variables = [`NODE_CHANNEL_FD=${fd}`, `NODE_CHANNEL_SERIALIZATION_MODE=${serialization}`];
  return { ...NOTHING_ELSE, variables, setup: (child, end) => setupChannel(child, end, serialization, maybeClose) };
}

/** Node's own as well, with our code at both ends. */
function fast({ stdio }, fd, serialization) {
  const { Ring, setupChannel } = require('../node_channel');
  const ring = Ring.open();
  return {
    variables: [preloadVariable(fd, serialization, ring === null ? undefined : stdio.length)],
    inherited: ring === null ? NONE : ring.fds.map((number) => ({ type: 'fd', fd: number })),
    setup: (child, end) => setupChannel(child, end, serialization, maybeClose, ring),
    done: () => ring?.close(),
  };
}

function ours({ channel }, fd) {
  const { channelOptions, channelVariable, setupChannel } = require('../ipc')[Symbol.for('@x/procs.inside')]();
  channelOptions(channel, 'options.channel');
  if (fd === -1) return null;
  return { ...NOTHING_ELSE, variables: [channelVariable(fd)], setup: (child, end) => setupChannel(child, end, channel, maybeClose) };
}

module.exports = { channelKind };
