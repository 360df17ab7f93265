'use strict';
// The channel to whoever started this process.

const fs = require('node:fs');
const { inheritedFd } = require('../inherited-channel');

/** One for all copies of this file that an application may have loaded. */
const SHARED = Symbol.for('@x/procs.parent');

/** @returns {import('./channel').Channel | null} */
function parent() {
  if (process[SHARED] !== undefined) return process[SHARED];
  const channel = isSocket(inheritedFd) ? require('./channel').openChannel(inheritedFd, undefined) : null;
  Object.defineProperty(process, SHARED, { __proto__: null, value: channel });
  return channel;
}

/** The variable outlives the descriptor where a program in between has closed it, as Node does for its own children. */
function isSocket(fd) {
  if (fd < 0) return false;
  try {
    return fs.fstatSync(fd).isSocket();
  } catch (error) {
    if (error.code === 'EBADF') return false;
    throw error;
  }
}

module.exports = { parent };
