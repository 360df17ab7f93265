'use strict';
// A Worker that goes while its children run takes nothing along: no crash, no zombie, and the children run on.

const { isRunning } = require('./lib/own-children.js');
const { runFixture } = require('./lib/fixture.js');

const left = { running: [true, true], others: [false, false, false] };

test.each([
  ['terminated', 'terminate', { exitCode: 1, thrown: null, ...left }],
  ['ended by process.exit()', 'exit', { exitCode: 3, thrown: null, ...left }],
  ['ended by an exception', 'throw', { exitCode: 1, thrown: 'thrown in the Worker', ...left }],
])("a Worker's children run on when it is %s, and are reaped when they end", async (_how, argument, expected) => {
  expect(await runFixture('worker-leaves-children', [argument])).toEqual(expected);
});

test('a Worker can be terminated at any moment', async () => {
  expect(await runFixture('worker-terminated-busy')).toEqual(new Array(12).fill(1));
});

test("a terminated Worker's child does not keep the process", async () => {
  const pid = await runFixture('worker-left-orphan');
  expect(isRunning(pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
});

test('the process can end while Workers start children', async () => {
  expect(await runFixture('worker-process-exit')).toBe('ended');
});
