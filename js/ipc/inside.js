'use strict';
// What js/child_process and js/run build on, past the public names.

const { VARIABLE } = require('../inherited-channel');
const { setupChannel } = require('./child');
const { channelOptions } = require('./channel');

/** What a child finds its end of the channel by. */
function channelVariable(fd) {
  return `${VARIABLE}=${fd}`;
}

/** Throws what sending it would throw. */
function refuseUnsendable(message) {
  require('./values').encode(message);
}

/** What a child finds the broker by that it is given. Throws where `broker` is none. */
function brokerVariables(broker) {
  return require('./broker/inherited').brokerVariables(broker);
}

module.exports = { brokerVariables, channelOptions, channelVariable, refuseUnsendable, setupChannel };
