'use strict';
// One measurement is one fresh process: no subject inherits another's JIT, heap or page cache of its own.

const path = require('node:path');
const { spawnSync } = require('node:child_process');

const DEADLINE = 600_000;

/** Runs a program that prints one JSON value on its last line, and gives that value back. */
function runProgram(program, args, deadline = DEADLINE) {
  const { error, status, signal, stdout } = spawnSync(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    timeout: deadline,
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 1024 * 1024,
  });
  const what = [path.basename(program), ...args].join(' ');
  if (error) throw new Error(`${what}: ${error.code === 'ETIMEDOUT' ? `no result within ${deadline / 1000} s` : error.message}`);
  if (status !== 0) throw new Error(`${what}: ${signal ?? `exit code ${status}`}`);
  return JSON.parse(stdout.trimEnd().split('\n').pop());
}

/** Runs bench/measure/<name>.js under `node` with `flags`; see measured.js for the other end. */
function runMeasure(node, name, parameters, flags = [], deadline = DEADLINE) {
  return runProgram(node, [...flags, path.join(__dirname, '..', 'measure', `${name}.js`), JSON.stringify(parameters)], deadline);
}

module.exports = { DEADLINE, runMeasure, runProgram };
