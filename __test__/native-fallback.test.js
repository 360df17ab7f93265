'use strict';
// A platform for which there is no addon: the application runs on Node's own child_process, and is told once.

const path = require('node:path');
const { fixtures, runNode } = require('./lib/run-node.js');

const pretend = path.join(fixtures, 'native-other-platform.js');

const COMPARE = `
  const own = require('node:child_process');
  const dropIn = require('@x/procs/child_process');
  const main = require('@x/procs');
  const names = Object.keys(main).filter((name) => name in own);
  console.log(names.length === 8 && names.every((name) => main[name] === own[name] && dropIn[name] === own[name]));`;

test.each(['win32', 'freebsd'])('on %s everything is Node’s own, said once through process.emitWarning', async (platform) => {
  const { code, stdout, stderr } = await runNode(['--require', pretend, '-e', COMPARE], { env: { PROCS_TEST_PLATFORM: platform } });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'true\n' });
  expect(stderr.match(/@x\/procs/g)).toHaveLength(1);
  expect(stderr).toContain('Warning: ');
  expect(stderr).toContain(platform);
});

test('run(), pools and their kin are there, and say why they cannot be used', async () => {
  const script = `
    import('@x/procs').then(async ({ run, runSync, $, pipeline, Subprocess, Pool, CommandPool, signals }) => {
      const calls = [() => run('ls'), () => runSync('ls'), () => $\`ls\`, () => pipeline(['ls']), () => new Subprocess(),
        () => new Pool({ filename: '/x.js' }), () => new CommandPool()];
      const codes = calls.map((call) => { try { call(); } catch (error) { return error.code + ': ' + error.message; } });
      console.log(new Set(codes).size, codes[0], signals.SIGTERM.number);
    });`;
  const { stdout } = await runNode(['--no-warnings', '--require', pretend, '-e', script], { env: { PROCS_TEST_PLATFORM: 'win32' } });
  expect(stdout).toMatch(/^1 ERR_PROCS_UNSUPPORTED: @x\/procs has no addon for win32 \w+ 15\n$/);
});

test('register leaves such an application on Node’s own', async () => {
  const script = "const cp = require('child_process'); console.log(cp.execFileSync('echo', ['works'], { encoding: 'utf8' }).trim())";
  const args = ['--require', pretend, '--require', '@x/procs/register', '-e', script];
  const { code, stdout, stderr } = await runNode(args, { env: { PROCS_TEST_PLATFORM: 'win32' } });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'works\n' });
  expect(stderr.match(/@x\/procs/g)).toHaveLength(1);
});
