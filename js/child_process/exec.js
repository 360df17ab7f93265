'use strict';

const { normalizeExecArguments } = require('./exec-arguments');

/** Runs a command line in a shell and collects its output. */
function exec(command, options, callback) {
  const run = normalizeExecArguments(command, options, callback);
  // By way of the exports, as Node does it: who replaces execFile there (tests, instrumentation) sees these calls too.
  return require('./drop-in').execFile(run.file, run.options, run.callback);
}

module.exports = { exec };
