'use strict';
// One end of a channel that speaks the protocol in docs/protocol.md.

const { Channel, linkOf, openChannel } = require('./channel');

module.exports = { Channel, linkOf, openChannel };
