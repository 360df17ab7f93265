'use strict';
// The client in Python apart from us: two ends of it, and raw bytes against one. Its tests are Python's own.

const { execFile } = require('node:child_process');
const { environment, program, testPython } = require('./lib/python.js');

testPython(
  'its own tests pass',
  (done) => {
    execFile(
      'python3',
      [program('two-ends')],
      { env: { ...process.env, ...environment }, timeout: 60_000, killSignal: 'SIGKILL' },
      (error, _, stderr) => {
        try {
          expect(stderr).toMatch(/^Ran \d+ tests/m);
          expect(error).toBe(null);
          done();
        } catch (failure) {
          done(failure);
        }
      },
    );
  },
  90_000,
);
