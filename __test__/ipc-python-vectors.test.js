'use strict';
// The vectors are for every implementation: the client in Python takes and refuses what they say, and sends on what it took.

const { runFixture } = require('./lib/fixture.js');
const { testPython } = require('./lib/python.js');

testPython('every vector becomes its value in Python, and the same value here when it is sent back', async () => {
  const { count, failures } = await runFixture('ipc-python-vectors');
  expect(failures).toEqual([]);
  expect(count).toBeGreaterThan(200);
});
