'use strict';
// Python programs of fixtures/ipc-python, which know clients/python/procs.py.

const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { root } = require('./sources.js');

const folder = path.join(root, '__test__', 'fixtures', 'ipc-python');
const environment = { PYTHONPATH: path.join(root, 'clients', 'python'), PYTHONDONTWRITEBYTECODE: '1' };

/** Where there is no python3 there is nothing to test. */
const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;
const testPython = globalThis.test && (hasPython ? globalThis.test : globalThis.test.skip);

/** @param {string} name of the file, without .py */
const program = (name) => path.join(folder, `${name}.py`);

/** A worker with a channel. Its stderr goes to ours: a traceback says what went wrong. */
function worker(run, name, args = [], options = {}) {
  return run('python3', [program(name), ...args], {
    serialization: 'structured',
    stdio: ['ignore', 'pipe', 'inherit'],
    reject: false,
    ...options,
    env: { ...environment, ...options.env },
  });
}

module.exports = { environment, hasPython, program, testPython, worker };
