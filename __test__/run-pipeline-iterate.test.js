'use strict';
// Lines of a pipeline as they come.

const { pipeline } = require('..');

const rejection = (promise) =>
  promise.then(
    () => Promise.reject(new Error('was not rejected')),
    (error) => error,
  );

async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

test('lines of the last command', async () => {
  expect(await all(pipeline(['printf', ['b\\na\\n']], ['sort']))).toEqual(['a', 'b']);
});

test('chunks, with the options of iterable()', async () => {
  const chunks = await all(pipeline(['echo', ['x']], ['cat']).iterable({ binary: true }));
  expect(Buffer.concat(chunks).toString()).toBe('x\n');
});

test('what a function at the end gives', async () => {
  const numbers = pipeline(['printf', ['1\\n2\\n']], async function* (input) {
    for await (const line of input.lines()) yield Number(line);
  });
  expect(await all(numbers)).toEqual([1, 2]);
});

test("it throws the culprit's error at the end", async () => {
  const joined = pipeline(['sh', ['-c', 'echo x; exit 3']], ['cat']);
  const lines = [];
  const error = await rejection(
    (async () => {
      for await (const line of joined) lines.push(line);
    })(),
  );
  expect(lines).toEqual(['x']);
  expect(error.exitCode).toBe(3);
});

test('stopping early ends all commands, those that never write as well, and is no failure', async () => {
  const joined = pipeline(['sleep', ['1000']], ['sh', ['-c', 'echo x; cat']]);
  for await (const line of joined) {
    expect(line).toBe('x');
    break;
  }
  expect(joined.steps.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual(['SIGTERM', 'SIGTERM']);
});

test('stopping early in front of a function at the end', async () => {
  const joined = pipeline(['yes'], async function* (input) {
    for await (const line of input.lines()) yield line;
  });
  for await (const line of joined) {
    expect(line).toBe('y');
    break;
  }
  expect(joined.steps[0].exitCode ?? joined.steps[0].signalCode).not.toBeNull();
});

const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

test('disposing ends all commands', async () => {
  const joined = pipeline(['sleep', ['1000']], ['sleep', ['1000']]);
  await joined[asyncDispose]();
  expect(joined.steps.map(({ signalCode }) => signalCode)).toEqual(['SIGTERM', 'SIGTERM']);
});
