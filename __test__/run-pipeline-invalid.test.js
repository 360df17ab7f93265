'use strict';
// What is wrong is said before anything is started.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Readable, Writable } = require('node:stream');
const { $, pipeline, run } = require('..');

/** A first step that would leave a trace. */
let trace;
let first;

beforeEach(() => {
  trace = path.join(os.tmpdir(), `procs-invalid-${process.pid}-${Math.random()}`);
  first = ['touch', [trace]];
});

afterEach(() => {
  expect(fs.existsSync(trace)).toBe(false);
});

const wrong = [
  ['no steps', () => [], 'ERR_INVALID_ARG_VALUE', 'at least one command'],
  ['no command', () => ['text', { file: '/dev/null' }], 'ERR_INVALID_ARG_VALUE', 'at least one command'],
  [
    'an option of a command',
    () => [first, { cwd: '/' }],
    'ERR_INVALID_ARG_VALUE',
    "'options.cwd' is not an option of pipeline(). Set it on a step",
  ],
  ['pipefail', () => [first, { pipefail: 1 }], 'ERR_INVALID_ARG_TYPE', 'options.pipefail'],
  [
    'a step that is none',
    () => [first, 5, ['cat']],
    'ERR_INVALID_ARG_VALUE',
    "'steps[1]' must be a command, a function, a stream or { file }",
  ],
  ['an empty command', () => [first, ['']], 'ERR_INVALID_ARG_VALUE', 'cannot be empty'],
  ['an argument', () => [first, ['cat', [undefined]]], 'ERR_INVALID_ARG_TYPE', 'args[0]'],
  ['a NUL byte', () => [first, ['cat', ['a\0b']]], 'ERR_INVALID_ARG_VALUE', 'null bytes'],
  ['an unknown option of a step', () => [first, ['cat', { timoeut: 1 }]], 'ERR_INVALID_ARG_VALUE', "did you mean 'timeout'?"],
  ['from', () => [[...first, { from: 'stdin' }], ['cat']], 'ERR_INVALID_ARG_VALUE', 'steps[0].options.from'],
  ['to', () => [first, ['cat', { to: 'stdout' }]], 'ERR_INVALID_ARG_VALUE', 'steps[1].options.to'],
  ['a joined stdin', () => [first, ['cat', { stdin: 'ignore' }]], 'ERR_INVALID_ARG_VALUE', 'steps[1].options.stdin'],
  ['input of a later step', () => [first, ['cat', { input: 'x' }]], 'ERR_INVALID_ARG_VALUE', 'steps[1].options.stdin'],
  ['a joined stdout', () => [[...first, { stdout: 'inherit' }], ['cat']], 'ERR_INVALID_ARG_VALUE', 'steps[0].options.stdout'],
  ['retry', () => [first, ['cat', { retry: 2 }]], 'ERR_INVALID_ARG_VALUE', 'cannot be used in a pipeline'],
  ['a file in between', () => [first, { file: '/dev/null' }, ['cat']], 'ERR_INVALID_ARG_VALUE', 'must stand first or last'],
  ['a string in between', () => [first, 'text', ['cat']], 'ERR_INVALID_ARG_VALUE', 'must stand first'],
  ['a Readable at the end', () => [first, Readable.from([])], 'ERR_INVALID_ARG_VALUE', 'must be writable'],
  ['a Writable at the start', () => [new Writable(), first], 'ERR_INVALID_ARG_VALUE', 'must be readable'],
];

test.each(wrong)('%s', (_name, steps, code, text) => {
  expect(() => pipeline(...steps())).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }));
});

test('a lazy command is checked with the others', () => {
  expect(() => pipeline(first, $({ cwd: '/' }).cmd`cat`, ['cat', [null]])).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
  );
});

test('a destination of pipe()', async () => {
  const source = run('echo', ['x']);
  for (const destination of [5, null, {}, () => {}]) {
    expect(() => source.pipe(destination, [])).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  }
  expect(() => source.pipe('cat', [], { from: 'fd0' })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  expect(() => source.pipe('cat', [], { unpipeSignal: 5 })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  expect(() => source.pipe(source, { cwd: '/' })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  expect((await source).stdout).toBe('x');
});
