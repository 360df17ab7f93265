'use strict';
// Our children and libuv's in one process: neither takes the other's exits. bench/soak-spawn.js is the same at length.

const { runFixture } = require('./lib/fixture.js');

test('every exit is seen once and as it was, and nothing is left behind', async () => {
  expect(await runFixture('soak-interleaved')).toEqual({ seen: 800, wrong: [], children: [], fdsMore: 0 });
});
