'use strict';
// The child's end of a channel without Node's own code on it, for peers that do what Node would not. Its program is started by
// `rawPeer`, which hides the channel from Node.

const { reactor, register } = require('../../js/reactor.js');

const FD = 3;

/**
 * @param {string} file a program that calls openRawChannel()
 * @returns {[string, string[], object]} arguments for spawn()
 */
function rawPeer(file, ...args) {
  const command = 'unset NODE_CHANNEL_FD; exec "$0" "$@"';
  return ['sh', ['-c', command, process.execPath, file, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }];
}

/** Calls onMessage(message, channel) for each; a handle with it is channel.takeHandle(). Ends the process when the parent hangs up. */
function openRawChannel(onMessage) {
  const channel = reactor().openChannel(FD, 0);
  register(channel.id, {
    onMessages(text, count) {
      for (const message of count === 1 ? [JSON.parse(text)] : JSON.parse(text)) onMessage(message, channel);
    },
    onEnd: () => process.exit(),
  });
  channel.readStart();
  return { channel, send: (message, fd = -1) => channel.write(`${JSON.stringify(message)}\n`, fd) };
}

module.exports = { rawPeer, openRawChannel };
