'use strict';
// What this folder shows to js/pool only: a command that is checked now and started later.

const { callOf, settingsOf } = require('./options');
const { runCommand } = require('./run');
const { STATE } = require('./state');

const CALLER = Object.freeze({ __proto__: null, sync: false, name: 'run' });

/** Throws what run() would throw, and starts nothing. */
function prepare(file, args, options) {
  return { __proto__: null, file, args, settings: settingsOf(options, CALLER) };
}

/** @param {{ stack: string }} trace of the call: where it is started from tells nobody anything */
function startPrepared({ file, args, settings }, trace) {
  const subprocess = runCommand(file, args, settings);
  subprocess[STATE].trace = trace;
  return subprocess;
}

module.exports = { callOf, prepare, startPrepared };
