'use strict';
// From what the user has, a channel or a child, to the way to it.

const { codes } = require('../../errors');
const { Channel } = require('../channel');
const { ChannelWorker } = require('./channel-worker');
const { ChildWorker } = require('./child-worker');

function workerOf(value) {
  if (value instanceof Channel) return new ChannelWorker(value);
  if (value?.channel instanceof Channel) return new ChannelWorker(value.channel, value.pid);
  if (typeof value?._send === 'function' && typeof value.on === 'function') return new ChildWorker(value);
  throw new codes.ERR_INVALID_ARG_TYPE('worker', ['Channel', 'ChildProcess with a channel'], value);
}

module.exports = { workerOf };
