'use strict';
// Whether a pool keeps its program running.

const path = require('node:path');
const { isRunning } = require('./lib/own-children.js');
const { until } = require('./lib/pools.js');
const { runForJson, runNode } = require('./lib/run-node.js');

const program = (...args) => [path.join('pool', 'idle.js'), ...args];

test('while a task is open, and not longer', async () => {
  expect(await runForJson(program('task'))).toEqual({ result: 3, exits: 1 });
});

test('not by being there', async () => {
  expect(await runForJson(program('nothing'))).toEqual({ exits: 1 });
});

test('unref(): not while a task is open, either; ref(): always', async () => {
  expect(await runForJson(program('unref'))).toEqual({ exits: 1 });
  expect(await runForJson(program('ref'))).toEqual({ ended: 'by close()', exits: 1 });
});

test('close() is waited for', async () => {
  expect(await runForJson(program('close'))).toEqual({ closed: true, exits: 1 });
});

test('process.exit() does not wait for a worker that is busy, and leaves none', async () => {
  const { code, stdout } = await runNode(program('exit'));
  expect(code).toBe(7);
  const { pid } = JSON.parse(stdout);
  // Whoever reaps orphans here may not have come to it.
  await until(() => !isRunning(pid));
});

test('requiring the package starts nothing and loads no addon', async () => {
  expect(
    await runForJson([
      '-e',
      "const { Pool } = require('../../js'); console.log(JSON.stringify([typeof Pool, Object.keys(require.cache).filter((file) => file.endsWith('.node'))]))",
    ]),
  ).toEqual(['function', []]);
});
