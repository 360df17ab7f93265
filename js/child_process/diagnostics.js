'use strict';
// The diagnostics channels of child_process. 'child_process.spawn' is published by Node 24 and later.

const channels = require('diagnostics_channel');
const { major } = require('../node-version');

/** Every ChildProcess, from its constructor. */
const created = channels.channel('child_process');

const NOBODY = { __proto__: null, hasSubscribers: false };

/** Every spawn: start, and then end or error. */
const spawning = major >= 24 ? channels.tracingChannel('child_process.spawn') : NOBODY;

module.exports = { created, spawning };
