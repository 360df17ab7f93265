'use strict';
// The names of Node's child_process, in its order. What is behind a name is loaded when it is first called: a program that requires
// this package pays for this file, and one that never starts a child for nothing else.

require('../inherited-channel'); // with this file: an application may copy process.env before it starts its first child
const { ChildProcess } = require('./child-process');
const { atFirstUse, nodeOwn } = require('./first-use');

/** util.promisify.custom, without loading util for it. */
const CUSTOM = Symbol.for('nodejs.util.promisify.custom');

const own = {
  exec: atFirstUse(() => require('./exec')),
  execFile: atFirstUse(() => withReactor(require('./exec-file'))),
  execFileSync: atFirstUse(() => withAddon(require('./exec-sync'))),
  execSync: atFirstUse(() => withAddon(require('./exec-sync'))),
  fork: atFirstUse(() => withReactor(require('./fork'))),
  spawn: atFirstUse(() => withReactor(require('./spawn'))),
  spawnSync: atFirstUse(() => withAddon(require('./spawn-sync'))),
};

function withReactor(functions) {
  require('../reactor').reactor();
  return functions;
}

function withAddon(functions) {
  require('../native').native();
  return functions;
}

/** The child's side of the channel, which Node calls by itself when a child starts: it is Node's own. */
function _forkChild(fd, serializationMode) {
  return nodeOwn()._forkChild(fd, serializationMode);
}

/** Runs a command line in a shell and collects its output. */
function exec(command, options, callback) {
  return own.exec().exec(command, options, callback);
}

/** Runs a program and collects its output. */
function execFile(file, args, options, callback) {
  return own.execFile().execFile(file, args, options, callback);
}

function execFileSync(file, args, options) {
  return own.execFileSync().execFileSync(file, args, options);
}

function execSync(command, options) {
  return own.execSync().execSync(command, options);
}

/** Starts Node with a module, and with a channel to it. */
function fork(modulePath, args = [], options = undefined) {
  return own.fork().fork(modulePath, args, options);
}

/** Starts a program. */
function spawn(file, args, options) {
  return own.spawn().spawn(file, args, options);
}

/** Runs a program and waits for it. */
function spawnSync(file, args, options) {
  return own.spawnSync().spawnSync(file, args, options);
}

/** Makes util.promisify(start) resolve to { stdout, stderr }, with the child as a property of the promise. */
function promisified(start) {
  function custom(...args) {
    let settle;
    const promise = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    // Outside of the executor: wrong arguments are thrown and not a rejection, as in Node.
    promise.child = start(...args, (error, stdout, stderr) => {
      if (error === null) settle.resolve({ stdout, stderr });
      else settle.reject(Object.assign(error, { stdout, stderr }));
    });
    return promise;
  }
  Object.defineProperty(custom, 'name', { __proto__: null, value: start.name, configurable: true });
  Object.defineProperty(start, CUSTOM, { __proto__: null, value: custom });
}

promisified(exec);
promisified(execFile);

module.exports = { _forkChild, ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync };
