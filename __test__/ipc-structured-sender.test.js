'use strict';
// What sending does to the sender's own values, and what is refused.

const { runForJson } = require('./lib/run-node.js');

let results;
beforeAll(async () => {
  results = await runForJson(['ipc-structured/sender.js']);
});

test('every getter is called once, those of one object in order', () => {
  expect(results.getters).toEqual({ log: ['a', 'b', 'e', 'c', 'd', 'item'], item: 5 });
});

test('what a getter throws is thrown', () => {
  expect(results.thrownByGetter).toBe(true);
});

test('a getter may encode another value', () => {
  expect(results.inside).toEqual({ copy: { inside: 42, list: [{}, {}] }, n: 1 });
});

test('what cannot be cloned is a DataCloneError with the words of structuredClone', () => {
  for (const [name, [ours, theirs]] of Object.entries(results.refused)) {
    expect({ ...ours }).toMatchObject({ name: 'DataCloneError', isDOMException: true, code: 25 });
    // Which clones that one within a process.
    if (name !== 'shared') expect(ours).toEqual(theirs);
  }
});

test('what is transferred is gone, used or not', () => {
  expect(results.transfer).toEqual({ left: [0, 1], copy: [[1, 2, 3], [4]] });
  expect(results.transferUnused).toBe(0);
  expect(results.transferResizable).toEqual([0, 8, true]);
});

test('nothing is transferred when something cannot be cloned', () => {
  expect(results.transferFails).toEqual({ error: 'DataCloneError', left: 4 });
});

test('only ArrayBuffers can be transferred, and each once', () => {
  const refused = 'DataCloneError';
  expect(results.transferRefused).toEqual({ twice: refused, other: refused, port: refused, shared: refused, gone: refused, left: 4 });
});

test('of a Buffer only its own bytes are sent, not those of the pool', () => {
  expect(results.pool).toEqual({ sameBlock: true, leaks: false, together: false });
});

test('__proto__ from a peer is a member, and no prototype', () => {
  expect(results.pollution).toEqual({ before: { polluted: [] }, after: { polluted: [] }, own: true, prototypes: true });
});

test('serialize cannot wait for a Blob, deserialize wants bytes', () => {
  expect(results.blob).toBe('DataCloneError');
  expect(results.wrong).toBe('ERR_INVALID_ARG_TYPE');
});

test('plain JSON is exactly that JSON', () => {
  expect(results.plain).toEqual(['{"a":[1,"x",null,{"b":true}]}\n', '[]\n', '"text"\n', '12.5\n', 'null\n']);
});
