'use strict';
// `npm test`: installs and builds what is missing, then runs every test there is. The last line is their true sum.

const { counts } = require('./counts.js');
const { run } = require('./command.js');
const { jest } = require('./jest.js');
const { rust } = require('./rust.js');
const { runParts } = require('./parts.js');

/** Preparing is no test: it counts only when it fails. */
async function prepare(script) {
  const { ok } = await run(process.execPath, [script]);
  return counts(0, ok ? 0 : 1);
}

runParts([
  ['install', () => prepare('npm/install.js')],
  ['build', () => prepare('npm/build.js')],
  ['Rust', rust],
  ['JavaScript and types', () => jest(process.execPath, process.argv.slice(2))],
]);
