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

/**
 * One worker for all tests of a file. It is up before anything is timed, and has to end well.
 * @returns {{ child: object, channel: object, ask: (op: string, value?: unknown, options?: object) => Promise<any> }} there from the first test on
 */
function sharedWorker(run) {
  const shared = { child: undefined, channel: undefined, ask: (op, value, options) => shared.channel.request({ op, value }, options) };
  beforeAll(async () => {
    if (!hasPython) return;
    shared.child = worker(run, 'worker');
    shared.channel = shared.child.channel;
    await shared.channel.request(null);
  });
  afterAll(async () => {
    if (shared.child === undefined) return;
    shared.channel.close();
    expect((await shared.child).exitCode).toBe(0);
  });
  return shared;
}

module.exports = { environment, hasPython, program, sharedWorker, testPython, worker };
