'use strict';
// A Worker that is terminated runs nothing of ours any more.

const { runFixture } = require('./lib/fixture.js');

test('a terminated Worker leaves no descriptors of its running children behind', async () => {
  expect(await runFixture('run-worker-terminated')).toBe(0);
});
