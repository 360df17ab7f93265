'use strict';
// Neither end recurses as deep as a value is nested.

const { runForJson } = require('./lib/run-node.js');

test('a million levels, there and back, in JSON of less than 500', async () => {
  const { arrays, objects } = await runForJson(['ipc-structured/deep.js']);
  expect([arrays.depth, objects.depth]).toEqual([1_000_000, 100_000]);
  for (const { levels } of [arrays, objects]) expect(levels).toBeLessThanOrEqual(500);
});
