'use strict';
// The properties that a child with a channel has and other children have not. Own properties, as in Node.

const { deprecate } = require('node:util');
const { codes } = require('../errors');
const { major } = require('../node-version');
const { validateObject } = require('../validate');

const UNDERSCORE_MESSAGE = '_channel is deprecated. Use ChildProcess.channel instead.';

/** DEP0129, gone with Node 25. */
const underscoreChannel =
  major < 25
    ? {
        __proto__: null,
        get: deprecate(
          function () {
            return this.channel;
          },
          UNDERSCORE_MESSAGE,
          'DEP0129',
        ),
        set: deprecate(
          function (value) {
            this.channel = value;
          },
          UNDERSCORE_MESSAGE,
          'DEP0129',
        ),
        configurable: true,
        enumerable: false,
      }
    : null;

/**
 * @param {import('node:events').EventEmitter} target
 * @param {import('./link').Link} link
 * @param {import('./sender').Sender} sender
 */
function attach(target, link, sender) {
  // disconnect() makes `connected` false at once, but `channel` null only when the handles that were sent are acknowledged.
  target.channel = link.control;
  if (underscoreChannel) Object.defineProperty(target, '_channel', underscoreChannel);

  target.send = function (message, handle, options, callback) {
    if (typeof handle === 'function') {
      callback = handle;
      handle = undefined;
      options = undefined;
    } else if (typeof options === 'function') {
      callback = options;
      options = undefined;
    } else if (options !== undefined) {
      validateObject(options, 'options');
      options = { __proto__: null, keepOpen: false, swallowErrors: false, ...options };
    }
    if (this.connected) return this._send(message, handle, options, callback);

    const error = new codes.ERR_IPC_CHANNEL_CLOSED();
    if (typeof callback === 'function') process.nextTick(callback, error);
    else process.nextTick(() => this.emit('error', error));
    return false;
  };

  target._send = (message, handle, options, callback) => {
    if (!target.connected && !target.channel) throw new codes.ERR_IPC_CHANNEL_CLOSED();
    return sender.send(message, handle, options, callback);
  };

  target.connected = true;

  target.disconnect = function () {
    if (!this.connected) {
      this.emit('error', new codes.ERR_IPC_DISCONNECTED());
      return;
    }
    this.connected = false;
    if (!this._handleQueue) this._disconnect();
  };

  target._disconnect = () => link.disconnect();
}

module.exports = { attach };
