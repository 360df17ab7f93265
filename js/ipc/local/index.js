'use strict';
// Channels between processes that are no relations: over a Unix socket, by a path or an abstract name.

const errors = require('../../errors');
const { validateAbortSignal, validateArray, validateFunction, validateInteger, validateObject } = require('../../validate');
const { channelOptions } = require('../channel');
const { addressOf } = require('./address');
const { connectTo } = require('./connect');
const { Listener } = require('./listener');

const HELLO_TIMEOUT = 10_000;
const BACKLOG = 511;
const LONGEST = 2 ** 31 - 1;
const MAX_UID = 2 ** 32 - 1;

/** @returns {Listener} */
function listen(address, options, onChannel) {
  if (typeof options === 'function') {
    onChannel = options;
    options = undefined;
  }
  const where = addressOf(address);
  if (options !== undefined) validateObject(options, 'options');
  if (onChannel !== undefined) validateFunction(onChannel, 'onChannel');
  const { allowUids = [], backlog = BACKLOG, helloTimeout = HELLO_TIMEOUT, ...rest } = options ?? {};
  validateArray(allowUids, 'options.allowUids');
  for (const [i, uid] of allowUids.entries()) validateInteger(uid, `options.allowUids[${i}]`, 0, MAX_UID);
  validateInteger(backlog, 'options.backlog', 1, LONGEST);
  validateInteger(helloTimeout, 'options.helloTimeout', 1, LONGEST);
  channelOptions(rest);
  // The superuser could do what he likes without asking.
  const uids = new Set([process.geteuid(), 0, ...allowUids]);
  const listener = new Listener(where, rest, { allowUids: uids, backlog, helloTimeout });
  if (onChannel !== undefined) listener.on('channel', onChannel);
  return listener;
}

/** @returns {Promise<import('../channel').Channel>} */
function connect(address, options) {
  const where = addressOf(address);
  if (options !== undefined) validateObject(options, 'options');
  const { connectTimeout = HELLO_TIMEOUT, signal, ...rest } = options ?? {};
  validateInteger(connectTimeout, 'options.connectTimeout', 0, LONGEST);
  validateAbortSignal(signal, 'options.signal');
  channelOptions(rest);
  if (signal?.aborted) return Promise.reject(new errors.AbortError(undefined, { cause: signal.reason }));
  return connectTo(where, rest, { timeout: connectTimeout, signal });
}

module.exports = { Listener, connect, listen };
