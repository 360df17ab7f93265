'use strict';
// Which words a template is, seen by commands that are not started; and that a program gets exactly those.

const { $, run, ProcessError } = require('..');

const words = (strings, ...values) => {
  const { file, args } = $.cmd(strings, ...values);
  return [file, ...args];
};

test.each([
  ['spaces split', words`git  commit -m x`, ['git', 'commit', '-m', 'x']],
  [
    'tabs and line ends split',
    words`a	b
    c`,
    ['a', 'b', 'c'],
  ],
  ['white space around is nothing', words`  a  `, ['a']],
  ['other white space does not split', words`a${''}b\u00a0c`, ['ab\u00a0c']],
  ['what an escape stands for does not split', words`a\tb echo\n c`, ['a\tb', 'echo\n', 'c']],
  ['an escaped space does not split', words`a\ b`, ['a b']],
  ['escapes are those of JavaScript', words`\x63 \u0063 \u{63} \u{1F600}x \a\. \\ \``, ['c', 'c', 'c', '😀x', 'a.', '\\', '`']],
  [
    'a line that goes on in the next',
    words`a\
b`,
    ['ab'],
  ],
  [
    'its indentation splits',
    words`foo \
    bar`,
    ['foo', 'bar'],
  ],
  ['quotes mean nothing', words`"a b" 'c'`, ['"a', 'b"', "'c'"]],
  ['a value is one argument', words`echo ${'a  b\n"$HOME" *'}`, ['echo', 'a  b\n"$HOME" *']],
  ['a value is part of the word it stands in', words`${'/tmp'}/f foo${'b'}c ${'a'}${'b'}`, ['/tmp/f', 'foobc', 'ab']],
  ['an array is one argument for each element', words`ls ${['-l', '-a', 1]} x`, ['ls', '-l', '-a', '1', 'x']],
  ['only its ends are part of a word', words`foo${['bar', 'foo']}bar`, ['foobar', 'foobar']],
  ['an empty array is none', words`ls ${[]} x`, ['ls', 'x']],
  ['an empty array in a word is nothing', words`l${[]}s`, ['ls']],
  ['an empty string is an argument', words`echo a ${''} b`, ['echo', 'a', '', 'b']],
  ['numbers', words`sleep ${1} ${1.5}`, ['sleep', '1', '1.5']],
  ['the program can be a value', words`${'my program'} ${['x']}`, ['my program', 'x']],
  ['a result is its stdout', words`echo ${{ stdout: 'a b' }} ${[{ stdout: Buffer.from('c') }]}`, ['echo', 'a b', 'c']],
])('%s', (_, seen, expected) => {
  expect(seen).toEqual(expected);
});

test('a program gets these words and no others', async () => {
  const { stdout } =
    await $`${process.execPath} -p ${'JSON.stringify(process.argv.slice(1))'} -- ${['a b', '', '$HOME', '`id`']} x${'\n'}y "z`;
  expect(JSON.parse(stdout)).toEqual(['a b', '', '$HOME', '`id`', 'x\ny', '"z']);
});

test('a call site that is reached again gets its new values', async () => {
  const seen = [];
  for (const value of ['a', 'b c']) seen.push((await $`printf %s ${value}`).stdout);
  expect(seen).toEqual(['a', 'b c']);
});

test('the result of a command that failed', async () => {
  const error = await run('sh', ['-c', 'echo out; exit 1']).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(ProcessError);
  expect(words`echo ${error}`).toEqual(['echo', 'out']);
});

test.each([
  ['undefined', undefined],
  ['null', null],
  ['boolean', false],
  ['bigint', 1n],
  ['object', {}],
  ['object', [['nested']]],
  ['symbol', Symbol('s')],
  ['function', () => 'x'],
])('%s in a template is a mistake', (type, value) => {
  expect(() => $`echo ${value}`).toThrow(
    expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE', message: `Unexpected "${type}" in template expression` }),
  );
});

test('a command that was not awaited is a mistake', async () => {
  const echo = run('echo', ['x']);
  expect(() => $`echo ${echo}`).toThrow('Please use ${await subprocess} instead of ${subprocess}.');
  await echo;
});

test('a result without stdout, or with lines, is a mistake', async () => {
  const silent = await run('true', { stdout: 'ignore' });
  expect(() => $`echo ${silent}`).toThrow('Missing result.stdout');
  const lines = await run('echo', ['x'], { lines: true });
  expect(() => $`echo ${lines}`).toThrow('Unexpected "object" stdout in template expression');
});

test('an escape that JavaScript does not know is a mistake', () => {
  expect(() => $`a\u b`).toThrow('Invalid backslash sequence: a\\u b');
});

test('an empty template is a mistake', () => {
  for (const empty of [() => $``, () => $`  `, () => $`${[]}`]) expect(empty).toThrow('this one is empty');
});

test('an empty program and NUL are refused before anything is started', () => {
  expect(() => $`${''}`).toThrow("The argument 'file' cannot be empty");
  expect(() => $`echo ${'a\0b'}`).toThrow("The argument 'args[0]' must be a string without null bytes");
});
