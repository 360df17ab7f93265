'use strict';

const { run, runSync } = require('..');

// V8's longest string has 2^29 - 24 characters.
const TOO_LONG = ['-c', String(2 ** 29), '/dev/zero'];
const OPTIONS = { maxBuffer: Infinity };

const FAILURE = { code: 'ERR_PROCS_STREAM', exitReason: 'stream', cause: { code: 'ERR_STRING_TOO_LONG' } };

test('text that is longer than a string can be is a failure', async () => {
  await expect(run('head', TOO_LONG, OPTIONS)).rejects.toMatchObject(FAILURE);
});

test('and of runSync', () => {
  let thrown;
  try {
    runSync('head', TOO_LONG, OPTIONS);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject(FAILURE);
  expect(runSync('head', TOO_LONG, { ...OPTIONS, reject: false })).toMatchObject({ failed: true, exitReason: 'stream' });
});
