'use strict';
// What a Worker started with `lifetime: 'parent'` ends with the Worker, whatever it has started and however it takes SIGTERM.

const { runFixture } = require('./lib/fixture.js');

test.each([
  ['terminated', 'terminate'],
  ['ended by process.exit()', 'exit'],
  ['ended by an exception', 'throw'],
])("a Worker's trees end when it is %s, and its other children do not", async (_how, argument) => {
  expect(await runFixture('worker-ends-trees', [argument])).toEqual({ ended: true, plainRuns: true });
});
