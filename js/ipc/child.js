'use strict';
// The channel of a child: fork(), spawn() and run() with serialization 'structured'. On top of the Channel, what Node gives a child that has one.

const { codes } = require('../errors');
const { validateObject } = require('../validate');
const { linkOf, openChannel } = require('./channel');

/** In place of the pid of a program that could not be started. */
const NOT_STARTED = -1;

/**
 * Gives `child` channel, send(), disconnect() and connected, and starts to read.
 * @param {import('node:events').EventEmitter} child
 * @param {number} fd our end; ours from here on
 * @param {object | undefined} options of the channel
 * @param {(child: object) => void} maybeClose called once when the channel is closed, which is one of the things that the child's 'close' waits for
 * @returns {import('./channel').Channel}
 */
function setupChannel(child, fd, options, maybeClose) {
  const onClosed = () => {
    child.connected = false;
    child.channel = null;
    child.emit('disconnect');
    maybeClose(child);
  };
  const channel = openChannel(fd, options, { isParent: true, pid: child.pid ?? NOT_STARTED, onClosed });
  if (child._handle !== null) child._handle.onend = (exitCode, signal) => linkOf(channel).peerExited(exitCode, signal);
  child.channel = channel;
  child.connected = true;
  forwardMessages(channel, child);
  attach(child, channel);
  return channel;
}

/** While somebody listens: until then they wait in the channel. */
function forwardMessages(channel, child) {
  const forward = (message, handle) => child.emit('message', message, handle);
  let isForwarding = false;
  const update = (count) => {
    if (count > 0 === isForwarding) return;
    isForwarding = count > 0;
    if (isForwarding) channel.on('message', forward);
    else channel.off('message', forward);
  };
  child.on('newListener', (name) => {
    if (name === 'message') update(1);
  });
  child.on('removeListener', (name) => {
    if (name === 'message') update(child.listenerCount('message'));
  });
}

function attach(child, channel) {
  child.send = function (message, handle, options, callback) {
    if (typeof handle === 'function') {
      callback = handle;
      handle = undefined;
      options = undefined;
    } else if (typeof options === 'function') {
      callback = options;
      options = undefined;
    } else if (options !== undefined && options !== null) {
      validateObject(options, 'options');
    }
    if (message === undefined) throw new codes.ERR_MISSING_ARGS('message');
    if (!this.connected) {
      tell(this, callback, new codes.ERR_IPC_CHANNEL_CLOSED());
      return false;
    }
    const hasHandle = handle !== undefined && handle !== null;
    const sent = channel.send(message, hasHandle || options ? { ...options, handle } : undefined);
    // What fails with the channel is told by its end.
    if (typeof callback === 'function') {
      sent.then(
        () => process.nextTick(callback, null),
        (error) => process.nextTick(callback, error),
      );
    } else if (hasHandle || channel.mayRefuse) {
      sent.catch((error) => error.code === 'ERR_PROCS_IPC_CLOSED' || tell(this, undefined, error));
    }
    return !channel.needsDrain;
  };

  child.disconnect = function () {
    if (!this.connected) {
      this.emit('error', new codes.ERR_IPC_DISCONNECTED());
      return;
    }
    this.connected = false;
    channel.close();
  };
}

function tell(child, callback, error) {
  if (typeof callback === 'function') process.nextTick(callback, error);
  else process.nextTick(() => child.emit('error', error));
}

module.exports = { setupChannel };
