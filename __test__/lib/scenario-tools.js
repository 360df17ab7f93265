'use strict';
// What a scenario gets to work with: the child_process under test, and ways to look at what it does.

const path = require('node:path');
const stock = require('node:child_process');
const { describe } = require('./describe.js');
const { observe, propertiesOf } = require('./observe.js');

const MODULES = {
  stock: 'node:child_process',
  ours: path.join(__dirname, '../../js/child_process/index.js'),
  fast: path.join(__dirname, 'fast.js'),
  'fast-socket': path.join(__dirname, 'fast-socket.js'),
};

function toolsFor(which, tmp) {
  const cp = require(MODULES[which]);
  return {
    cp,
    /** Node's own, to look at things with. */
    stock,
    which,
    tmp,
    describe,
    observe,
    propertiesOf,
    attempt,
    callback,
    closed,
    once,
    turns,
    inNode: (program, options) => inNode(MODULES[which], program, options),
  };
}

/** What a call returns or throws. */
function attempt(call) {
  try {
    return { returned: describe(call()) };
  } catch (error) {
    return { threw: describe(error) };
  }
}

/** `start` is called with a callback; settles with what the callback is called with. */
function callback(start) {
  return new Promise((resolve) => {
    start((...args) => resolve(args.map((arg) => describe(arg))));
  });
}

/** [code, signal] once the child and its streams have ended. */
function closed(child) {
  return once(child, 'close');
}

function once(emitter, name) {
  return new Promise((resolve) => {
    emitter.once(name, (...args) => resolve(args));
  });
}

/** Lets the event loop go round, for what must not happen to get its chance. */
async function turns(count = 20) {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Runs a function in a Node process of its own, called with the child_process under test and `require`.
 * @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string }>}
 */
function inNode(module, program, { args = [], execArgv = [], env = process.env, gid, timeout = 20_000 } = {}) {
  const source = `(${program})(require(${JSON.stringify(module)}), require)`;
  return new Promise((resolve) => {
    stock.execFile(
      process.execPath,
      [...execArgv, '-e', source, '--', ...args],
      { env, gid, timeout, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        resolve({ code: error ? error.code : 0, signal: error ? error.signal : null, stdout, stderr });
      },
    );
  });
}

module.exports = { toolsFor };
