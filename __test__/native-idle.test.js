'use strict';
// Loading costs nothing until used: no addon, no thread, no descriptor. Using it starts no thread either, and the process ends by itself.

const { runForJson } = require('./lib/run-node.js');

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('loading the package loads no addon, starts no thread and opens no descriptor; use opens one and starts none', async () => {
  const { before, loaded, used } = await runForJson(['native-idle.js']);
  expect(loaded).toEqual(before);
  expect(before.addon).toBe(false);
  expect(used).toEqual({ threads: before.threads, descriptors: before.descriptors + 1, addon: true });
});
