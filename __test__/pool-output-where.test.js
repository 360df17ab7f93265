'use strict';
// Where the output of workers goes, as the outside of the application sees it.

const { runForJson, runNode } = require('./lib/run-node.js');

const outputOf = async (...args) => (await runNode(['pool-output-where.js', ...args])).stdout;

test("'inherit', which is the default, is the application's own", async () => {
  expect(await outputOf('inherit')).toBe('from the worker\nover\n');
});

test("'ignore' is nobody's", async () => {
  expect(await outputOf('ignore')).toBe('over\n');
});

test("'pipe' is the listener's; what it throws is uncaught, and the lines behind it come all the same", async () => {
  const lines = (await outputOf('pipe', 'throws')).split('\n');
  expect(lines.filter((line) => line.startsWith('uncaught'))).toEqual(['uncaught a']);
  expect(lines.filter((line) => line.startsWith('line'))).toEqual(['line b', 'line c']);
  expect(lines).toContain('over');
});

(process.platform === 'linux' ? test : test.skip)(
  'a thread that is terminated leaves no pipe of its workers open',
  async () => {
    const { before, after } = await runForJson(['pool-output-terminated.js']);
    expect(after).toBe(before);
  },
  60_000,
);
