'use strict';
// What comes out is what structuredClone makes: a table of some 500 values, compared with their identities, prototypes, order, holes and -0.

const { runForJson } = require('./lib/run-node.js');

test('every value of the table, through serialize and deserialize', async () => {
  const { count, failures } = await runForJson(['ipc-structured/conformance.js']);
  expect(failures).toEqual([]);
  expect(count).toBeGreaterThan(500);
});

test('every value of the table, to a child and back', async () => {
  const { count, failures } = await runForJson(['ipc-structured/through-child.js']);
  expect(failures).toEqual([]);
  expect(count).toBeGreaterThan(500);
});

test('Blob and File, whose bytes come later', async () => {
  expect(await runForJson(['ipc-structured/blobs.js'])).toEqual({
    blob: [true, true, 5, 'text/x-bar', [102, 111, 111, 0, 255], [5], [true]],
    file: [true, 'bar', 42, 'text/x-bar', 'foo'],
    derived: true,
    twice: true,
    many: [1, '201', 200],
    deleted: true,
  });
});
