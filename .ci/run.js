'use strict';
// Everything that must hold before a change is taken, from a fresh clone, with one command: .ci/run
// Needs Rust (with rustfmt and clippy), Node 20 or newer with npm, and a registry; installs the rest itself.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { counts, parse, withExit } = require('./counts.js');
const { MINUTE, run } = require('./command.js');
const { jest } = require('./jest.js');
const { lint } = require('./lint.js');
const { installNode, newerLine } = require('./newer-node.js');
const { runParts } = require('./parts.js');
const { smoke } = require('./smoke.js');

/** As the README says it, so that this command is itself tested. */
async function npmTest() {
  const { ok, output } = await run('npm', ['test'], { timeout: 30 * MINUTE });
  return withExit(parse(output) ?? counts(), ok);
}

/** The types do not depend on the Node that checks them, and the house not on the Node that looks at it. */
async function onNewerNode(line) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-node-'));
  // Some tests run this Node as nobody, and mkdtemp lets nobody in.
  fs.chmodSync(folder, 0o755);
  try {
    const node = await installNode(line, folder);
    return await jest(node, ['--testPathIgnorePatterns', '__test__/types', '__test__/house']);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const line = newerLine();
runParts([
  ['npm test', npmTest],
  ['lint', lint],
  ['examples and benches', smoke],
  ...(line ? [[`JavaScript on Node ${line}`, () => onNewerNode(line)]] : []),
]);
