'use strict';
// Bytes that were received are found by scavenges. V8 by itself goes through all of its heap for every 64 MB of them, however large that is.

const { runForJson } = require('./lib/run-node.js');

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('many megabytes that live shortly hardly cost a collection of the whole heap', async () => {
  const { received, whole, young, hasGc } = await runForJson(['pool/garbage.js']);
  expect(received).toBe(640 << 20);
  // V8 does 10 or more of its own.
  expect(whole).toBeLessThan(5);
  expect(young).toBeGreaterThanOrEqual(30);
  // How it is asked for is nobody's business.
  expect(hasGc).toEqual(['undefined', 'undefined']);
});
