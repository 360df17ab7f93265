'use strict';
// A pool that nobody has any more is ended when it is garbage: who has it no more cannot do it.

const path = require('node:path');
const { runForJson } = require('./lib/run-node.js');

test('what it has to do is done, its workers are ended, and there is a warning; one that is listened to stays', async () => {
  expect(await runForJson(['--expose-gc', path.join('pool', 'abandoned.js')])).toEqual({
    results: [null, 'late'],
    warnings: ['PROCS_POOL_ABANDONED', 'PROCS_POOL_ABANDONED'],
    listening: true,
  });
}, 60_000);
