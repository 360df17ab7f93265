'use strict';
// One end of a channel that speaks the protocol in docs/protocol.md.

const { Channel, linkOf, openChannel } = require('./channel');
const { ipcError } = require('./errors');
const { channelOptions } = require('./options');

module.exports = { Channel, channelOptions, ipcError, linkOf, openChannel };
