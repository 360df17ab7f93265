'use strict';
// Signal names and numbers of this platform, both ways.

const { signals } = require('os').constants;
const errors = require('../errors');

/** The name libuv gives where a number has two, which is the first: SIGABRT and not SIGIOT, SIGIO and not SIGPOLL. */
const names = new Map();
for (const name of Object.keys(signals)) {
  if (!names.has(signals[name])) names.set(signals[name], name);
}

/** @param {string | number} signal in any case: 'sigterm' */
function signalNumber(signal) {
  if (typeof signal === 'number' && names.has(signal)) return signal;
  if (typeof signal === 'string') {
    const name = signal.toUpperCase();
    if (Object.hasOwn(signals, name)) return signals[name];
  }
  throw new errors.codes.ERR_UNKNOWN_SIGNAL(signal);
}

/** Empty for a number without a name (real-time signals), as in Node. */
function signalName(number) {
  return names.get(number) ?? '';
}

module.exports = { signalNumber, signalName };
