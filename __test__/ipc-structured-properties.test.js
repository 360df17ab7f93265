'use strict';
// Values, damaged frames and invented tags at random. A failure names its seed.

const { runForJson } = require('./lib/run-node.js');

test('random graphs are as structuredClone makes them, random garbage is a value or says that it is garbage', async () => {
  const { failures } = await runForJson(['ipc-structured/properties.js', '300']);
  expect(failures).toEqual([]);
});
