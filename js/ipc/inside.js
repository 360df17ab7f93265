'use strict';
// What js/child_process, js/run, js/pool and js/worker build on, past the public names.

const { VARIABLE } = require('../inherited-channel');

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
  return require('./broker/variables').brokerVariables(broker);
}

/** Values as frames carry them, and what goes beside them, for ends of the protocol that are no Channel. */
const frames = {
  __proto__: null,
  get decode() {
    return require('./values/decode').decode;
  },
  /** Without the other half, which is not needed before something has come. */
  get encode() {
    return require('./values/encode').encode;
  },
  /** The two halves of encode(), for who makes the text of many values at once: what is plain, and the rest. */
  get plain() {
    return require('./values/plain');
  },
  get encodeMore() {
    return require('./values/encode').encodeMore;
  },
  /** All that encode() may need. */
  get prepareEncode() {
    return require('./values/encode').prepare;
  },
  /** The JSON of an error frame, from what was thrown, and back. */
  get describe() {
    return require('./channel/remote-error').describe;
  },
  get revive() {
    return require('./channel/remote-error').revive;
  },
  /** See pack() in ./handles. */
  get packHandle() {
    return require('./handles').pack;
  },
  /** See open() in ./channel/opened. */
  get openFrame() {
    return require('./channel/opened').open;
  },
  get isLostHandle() {
    return require('./channel/opened').isLost;
  },
  /** What becomes of a value that is more than plain JSON. */
  get Parcel() {
    return require('./channel/parcel').Parcel;
  },
  /** See ./channel/bytes. */
  get bytesOf() {
    return require('./channel/bytes').bytesOf;
  },
};

// Loaded when it is asked for: a worker has no Channel, and is not to wait for one.
module.exports = {
  brokerVariables,
  get channelOptions() {
    return require('./channel').channelOptions;
  },
  channelVariable,
  frames,
  refuseUnsendable,
  get setupChannel() {
    return require('./child').setupChannel;
  },
};
