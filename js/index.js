'use strict';
// The public entry: re-exports only.

// By their files: what a folder means takes Node longer to find out.
const { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = require('./child_process/index');
const calls = require('./run/index');

module.exports = {
  ChildProcess,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
  get Pool() {
    return require('./pool').Pool;
  },
  get CommandPool() {
    return require('./pool').CommandPool;
  },
  get WorkerError() {
    return require('./pool').WorkerError;
  },
};
// With their getters: what is not asked for is not loaded.
Object.defineProperties(module.exports, Object.getOwnPropertyDescriptors(calls));
