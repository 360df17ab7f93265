'use strict';
// The JavaScript tests, types included, on any Node.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { counts, withExit } = require('./counts.js');
const { root, run } = require('./command.js');

/**
 * @param {string} [node] the binary to run on, and what `node` means in the tests' own children
 * @param {string[]} [args] further arguments to Jest
 */
async function jest(node = process.execPath, args = []) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-jest-'));
  try {
    const report = path.join(folder, 'report.json');
    const program = path.join(root, 'node_modules/jest/bin/jest.js');
    const env = { PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };
    const { ok } = await run(node, [program, '--ci', '--json', `--outputFile=${report}`, ...args], { env });
    return withExit(readReport(report), ok);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that could not even be loaded has no tests to count; it is one failure. */
function readReport(file) {
  if (!fs.existsSync(file)) return counts(0, 1);
  const report = JSON.parse(fs.readFileSync(file, 'utf8'));
  return counts(
    report.numPassedTests,
    report.numFailedTests + report.numRuntimeErrorTestSuites,
    report.numPendingTests + report.numTodoTests,
  );
}

module.exports = { jest };
