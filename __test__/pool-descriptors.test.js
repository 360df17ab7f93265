'use strict';
// A process with few descriptors.

const path = require('node:path');
const { run } = require('@x/procs');

const FIXTURE = path.join(__dirname, 'fixtures/pool/few-descriptors.js');

test('there are as many workers as it has descriptors for, some are left for the program, and it is told', async () => {
  const { stdout } = await run('sh', ['-c', 'ulimit -n 48 && exec "$0" "$1"', process.execPath, FIXTURE]);
  const { workers, ...told } = JSON.parse(stdout);
  expect(told).toEqual({ inOrder: true, scarce: ['descriptors'], failedStarts: 0 });
  expect(workers).toBeGreaterThan(0);
  expect(workers).toBeLessThan(30);
});
