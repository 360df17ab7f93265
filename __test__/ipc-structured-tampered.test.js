'use strict';
// A program may change the prototypes that everybody shares.

const { runForJson } = require('./lib/run-node.js');

test('values pass although every method of the language throws, and every object has a toJSON and a member', async () => {
  const { tampered, failures } = await runForJson(['ipc-structured/tampered.js']);
  expect(failures).toEqual([]);
  expect(tampered).toBeGreaterThan(400);
});
