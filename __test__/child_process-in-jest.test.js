'use strict';
// Jest evaluates modules in a vm context of its own, with other globals and without Symbol.dispose on Node 20 and 22.

const { exec, execFile, fork, spawn, spawnSync } = require('../js/child_process/index.js');
const path = require('node:path');
const { promisify } = require('node:util');

test('spawn, with data and events', async () => {
  const child = spawn('sh', ['-c', 'cat; exit 3']);
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  child.stdin.end('from Jest');
  const end = await new Promise((resolve) => child.on('close', (...args) => resolve(args)));
  expect([text, ...end]).toEqual(['from Jest', 3, null]);
});

test('arrays, objects, URLs, Buffers and AbortSignals of the context are taken for what they are', async () => {
  const { signal } = new AbortController();
  const options = { cwd: new URL('file:///'), env: { A: 'a' }, signal, stdio: ['ignore', 'pipe', 'inherit'] };
  const child = spawn('/bin/sh', ['-c', 'pwd; echo $A'], options);
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  expect(text).toBe('/\na\n');
  expect(spawnSync('cat', { input: Buffer.from('bytes'), encoding: 'utf8' }).stdout).toBe('bytes');
  expect(spawnSync('cat', { input: new Uint8Array([97]), encoding: 'utf8' }).stdout).toBe('a');
});

test('process.env of the context is the environment', () => {
  process.env.IN_JEST = 'yes';
  expect(spawnSync('sh', ['-c', 'echo $IN_JEST'], { encoding: 'utf8' }).stdout).toBe('yes\n');
  delete process.env.IN_JEST;
});

test('exec and execFile, called back and promised', async () => {
  expect(await promisify(exec)('echo x')).toEqual({ stdout: 'x\n', stderr: '' });
  await expect(promisify(execFile)('/no/such/program')).rejects.toMatchObject({ code: 'ENOENT', path: '/no/such/program' });
});

test('errors are thrown with their codes', () => {
  expect(() => spawn(5)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  expect(() => spawn('a\0b')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
});

test('fork', async () => {
  const child = fork(path.join(__dirname, 'fixtures', 'fork-tells.js'), ['a'], { execArgv: [] });
  const [message] = await new Promise((resolve) => child.once('message', (...args) => resolve(args)));
  expect(message).toMatchObject({ args: ['a'] });
  child.send('leave');
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(7);
});
