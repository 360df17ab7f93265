'use strict';
// What tasks with plain values do without, and the first result is not to wait for. Behind that it is loaded: later there may be no descriptor left to read it with.

const { frames } = require('./inside');

function prepare() {
  try {
    frames.prepareEncode();
  } catch {
    // The first task that needs it tells why it cannot be had.
  }
}

module.exports = { prepare };
