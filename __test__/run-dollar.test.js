'use strict';
// $ with bound options, as a function, and beside its synchronous form.

const path = require('node:path');
const { $ } = require('..');
const { runNode } = require('./lib/run-node.js');

test('options are bound, and bound again', async () => {
  const $there = $({ cwd: '/' });
  expect((await $there`pwd`).stdout).toBe('/');
  expect((await $there({ env: { GREETING: 'hello' } })`sh -c ${'echo $PWD $GREETING'}`).stdout).toBe('/ hello');
});

test('what is bound later wins, and env is merged', async () => {
  const $first = $({ env: { A: '1', B: '1' }, encoding: 'buffer' });
  const { stdout } = await $first({ env: { B: '2' }, encoding: 'hex' })`sh -c ${'printf $A$B'}`;
  expect(stdout).toBe(Buffer.from('12').toString('hex'));
});

test('undefined takes an option back', async () => {
  const { stdout } = await $({ encoding: 'buffer' })({ encoding: undefined })`echo x`;
  expect(stdout).toBe('x');
});

test('what it was bound from stays as it was', async () => {
  const $first = $({ encoding: 'hex' });
  $first({ encoding: 'buffer' });
  expect((await $first`printf a`).stdout).toBe('61');
});

test('as run(): with a file, arguments and options', async () => {
  expect((await $('echo', ['a b'])).stdout).toBe('a b');
  expect((await $({ cwd: '/' })('pwd', { encoding: 'hex' })).stdout).toBe('2f0a');
});

test('options are checked when they are bound', () => {
  expect(() => $({ timoeut: 1 })).toThrow("The property 'options.timoeut' is not an option of $() (did you mean 'timeout'?). Received 1");
});

test('stdin is this process’s own', async () => {
  const program = `require(${JSON.stringify(path.join(__dirname, '..'))}).$\`readlink /proc/self/fd/0\`.then(({ stdout }) => console.log(stdout))`;
  const { stdout } = await runNode(['-e', `${program}; console.log(require('fs').readlinkSync('/proc/self/fd/0'))`]);
  const [own, childs] = stdout.split('\n');
  expect(childs).toBe(own);
});

test('unless there is an input', async () => {
  expect((await $({ input: 'from here' })`cat`).stdout).toBe('from here');
});

test('programs of the project are found', async () => {
  const { stdout } = await $({ cwd: __dirname })`jest --version`;
  expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
});

test('$.sync.sync is not there, nor is $.sync.cmd', () => {
  expect($.sync.sync).toBeUndefined();
  expect($.sync.cmd).toBeUndefined();
  expect($.s).toBe($.sync);
});

test('$.cmd starts nothing', () => {
  const command = $({ cwd: '/nowhere' }).cmd`no-such-program ${'a b'}`;
  expect(command).toMatchObject({ file: 'no-such-program', args: ['a b'] });
});
