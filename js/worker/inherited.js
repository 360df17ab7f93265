'use strict';
// What the pool has started this process with. Taken out of the environment: a child of the worker's has nothing of it.

const { inheritedFd } = require('../inherited-channel');

/** @returns {number} -1: there is none */
function take(name) {
  const value = process.env[name];
  delete process.env[name];
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : -1;
}

module.exports = {
  channelFd: inheritedFd,
  pageFd: take('PROCS_POOL_PAGE_FD'),
  workerId: take('PROCS_POOL_WORKER_ID'),
  lifelineFd: take('PROCS_POOL_LIFELINE_FD'),
};
