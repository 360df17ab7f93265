'use strict';
// The wire form of values, for every implementation: the same bytes on every version of Node.

const { runForJson } = require('./lib/run-node.js');

test('what is sent is what the vectors say, what they say is taken, and garbage is refused', async () => {
  const { counts, failures } = await runForJson(['ipc-structured/vectors.js']);
  expect(failures).toEqual([]);
  expect(Object.keys(counts).sort()).toEqual([
    'accepted',
    'bytes',
    'containers',
    'errors',
    'garbage',
    'graphs',
    'plain',
    'scalars',
    'strings',
  ]);
});
