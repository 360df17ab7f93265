'use strict';
// A Worker that is terminated runs nothing of ours any more.

const { runFixture } = require('./lib/fixture.js');

test('Workers that are terminated while they start children leave no descriptors behind', async () => {
  expect(await runFixture('worker-terminated-in-spawn')).toBe(0);
});
