'use strict';
// Installs what package-lock.json names, when it is not there yet: `npm start` and `npm test` begin with this, so that they work
// on a fresh clone, and cost nothing on one that is set up.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');

function main() {
  const reason = whyNotInstalled();
  if (!reason) return;
  console.log(`npm ci (${reason})`);
  // No dependency of ours needs its install script, so none gets to run one.
  const { status, signal, error } = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ci failed (${signal ?? `exit code ${status}`})`);
}

/** Under `npm start` and `npm test`, npm names itself in the environment; otherwise the one in PATH is used. */
function npm(args) {
  const options = { cwd: root, stdio: 'inherit' };
  const self = process.env.npm_execpath;
  return self ? spawnSync(process.execPath, [self, ...args], options) : spawnSync('npm', args, options);
}

/** npm keeps in node_modules a list of what it installed; it must hold what our lock file asks for. */
function whyNotInstalled() {
  const installed = packages('node_modules/.package-lock.json');
  if (!installed) return 'nothing is installed yet';
  for (const [where, wanted] of Object.entries(packages('package-lock.json'))) {
    if (where === '') continue;
    const present = installed[where];
    if (present ? present.version !== wanted.version : !wanted.optional) return `${where} ${wanted.version} is missing`;
  }
  return null;
}

function packages(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

try {
  main();
} catch (error) {
  console.error(`npm/install.js: ${error.message}`);
  process.exitCode = 1;
}
