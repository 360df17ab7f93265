'use strict';

const { signalName } = require('../validate');

/** @param {number | undefined} number what a child was ended by. Node has no name for real-time signals, and takes such an end for success. */
function nameOfEnd(number) {
  return number ? signalName(number) || `SIG${number}` : '';
}

module.exports = { nameOfEnd };
