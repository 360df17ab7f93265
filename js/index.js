'use strict';
// The public entry: re-exports only.

const { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = require('./child_process');

module.exports = { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync };
