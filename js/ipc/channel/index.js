'use strict';
// One end of a channel that speaks the protocol in docs/protocol.md.

const { Channel, linkOf, openChannel } = require('./channel');
const { channelOptions } = require('./options');

module.exports = { Channel, channelOptions, linkOf, openChannel };
