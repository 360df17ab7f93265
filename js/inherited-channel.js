'use strict';
// The descriptor of the channel that this process was started with, see docs/protocol.md. Its variable is taken out of the environment with
// this file, and so never reaches a child of ours: there the number would be that of something else.

const VARIABLE = 'PROCS_CHANNEL_FD';

const value = process.env[VARIABLE];
if (value !== undefined) delete process.env[VARIABLE];

/** -1: none. A Worker has a copy of the environment, but the channel is the main thread's. */
const inheritedFd = value !== undefined && /^\d{1,9}$/.test(value) && require('./main-thread').isMainThread() ? Number(value) : -1;

module.exports = { VARIABLE, inheritedFd };
