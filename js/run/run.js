'use strict';

const { callOf, settingsOf } = require('./options');
const { start } = require('./start');

const CALLER = Object.freeze({ __proto__: null, sync: false, name: 'run' });

/**
 * Runs a program.
 * @returns {import('./subprocess').Subprocess} a ChildProcess that can be awaited
 */
function run(...given) {
  const { file, args, options } = callOf(given, CALLER.name);
  return runCommand(file, args, settingsOf(options, CALLER));
}

/** What run() and $ do once all is checked. */
function runCommand(file, args, settings) {
  if (settings.retry) return require('./retry').retried(file, args, settings);
  return start(file, args, settings);
}

module.exports = { run, runCommand };
