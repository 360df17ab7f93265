'use strict';
// The public types, by tsd: what *.test-d.ts expects of them, with the compiler that tsd brings. (The linters check the same files with
// the newest compiler.)

const { execFile } = require('node:child_process');
const path = require('node:path');
const { root } = require('./lib/sources.js');

const tsd = path.join(root, 'node_modules/tsd/dist/cli.js');
const args = ['--typings', 'index.d.ts', '--files', '__test__/*.test-d.ts', '--files', '__test__/*.test-d.mts', '--show-diff'];

test('the types are what the type tests expect', async () => {
  const output = await new Promise((resolve) => {
    execFile(process.execPath, [tsd, ...args], { cwd: root }, (error, stdout, stderr) => resolve(error ? `${stdout}${stderr}` : ''));
  });
  expect(output).toBe('');
}, 120_000);
