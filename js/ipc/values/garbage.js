'use strict';

const { genericNodeError } = require('../../errors');

/** What a peer sent is no value. @param {string} what is wrong with it */
function garbage(what) {
  return genericNodeError(`Garbage on the channel: ${what}`, { code: 'ERR_PROCS_IPC_GARBAGE' });
}

module.exports = { garbage };
