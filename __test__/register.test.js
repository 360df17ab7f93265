'use strict';
// @x/procs/register: an application that asks for child_process gets ours, whichever way it asks.

const { runForJson, runNode } = require('./lib/run-node.js');

const all = (answers) => [...new Set(Object.values(answers))];

describe.each(['--require', '--import'])('node %s @x/procs/register', (flag) => {
  const preload = [flag, '@x/procs/register'];

  test('require, createRequire, dynamic import and getBuiltinModule', async () => {
    const answers = await runForJson([...preload, 'register-commonjs.js']);
    expect(all(answers)).toEqual(['ours']);
  });

  test('static imports of an ES module: named, default, namespace', async () => {
    const answers = await runForJson([...preload, 'register-esm.mjs']);
    expect(all(answers)).toEqual(['ours']);
  });

  test('a Worker', async () => {
    expect(await runForJson([...preload, 'register-in-worker.js'])).toEqual({ whose: 'ours', error: null, stdout: 'works\n' });
  });
});

// Node runs no --import in those.
test('a Worker with code instead of a file, by --require', async () => {
  const answers = await runForJson(['--require', '@x/procs/register', 'register-in-eval-worker.js']);
  expect(all(answers)).toEqual(['ours']);
});

test('without it everything is Node’s own', async () => {
  const { others, ...answers } = await runForJson(['register-commonjs.js']);
  expect(others).toBe('ours');
  expect(all(answers).filter((answer) => answer !== 'ours')).toEqual(['stock']);
  expect(all(await runForJson(['register-esm.mjs']))).toEqual(['stock']);
});

test('named twice it is registered once', async () => {
  const twice = ['--require', '@x/procs/register', '--import', '@x/procs/register'];
  expect(all(await runForJson([...twice, 'register-commonjs.js']))).toEqual(['ours']);
});

test('through NODE_OPTIONS', async () => {
  const answers = await runForJson(['register-commonjs.js'], { env: { NODE_OPTIONS: '--require @x/procs/register' } });
  expect(all(answers)).toEqual(['ours']);
});

test('it loads no addon and keeps no process alive', async () => {
  const script = "console.log(require('fs').readFileSync('/proc/self/maps', 'utf8').includes('.node\\n'))";
  if (process.platform === 'linux') {
    expect(await runNode(['--require', '@x/procs/register', '-e', script])).toMatchObject({ code: 0, stdout: 'false\n' });
  }
  expect(await runNode(['--require', '@x/procs/register', '-e', '0'])).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
});
