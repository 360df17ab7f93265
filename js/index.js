'use strict';
// The public entry: re-exports only.

const { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = require('./child_process');
const pools = require('./pool');
const calls = require('./run');

module.exports = { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync };
// With their getters: what is not asked for is not loaded.
Object.defineProperties(module.exports, { ...Object.getOwnPropertyDescriptors(calls), ...Object.getOwnPropertyDescriptors(pools) });
