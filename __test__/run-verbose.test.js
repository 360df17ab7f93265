'use strict';
// What is told on stderr while commands run.

const path = require('node:path');
const { run } = require('..');
const { runNode } = require('./lib/run-node.js');

const PACKAGE = JSON.stringify(path.join(__dirname, '..'));

/** The lines that a program prints on stderr, without times. */
async function told(program, env) {
  const { stderr } = await runNode(['-e', `const { run, runSync, $ } = require(${PACKAGE}); (async () => { ${program} })()`], { env });
  return stderr
    .replaceAll(/^\[\d\d:\d\d:\d\d\.\d{3}\]/gm, '[time]')
    .replaceAll(/\(done in \d+ ms\)/g, '(done in n ms)')
    .split('\n')
    .slice(0, -1);
}

test('off by default', async () => {
  expect(await told("await run('echo', ['x'])")).toEqual([]);
});

test.each(["'short'", 'true'])('%s: a line when it starts and one when it ends', async (value) => {
  expect(await told(`await run('echo', ['a b'], { verbose: ${value} })`)).toEqual([
    "[time] [0] $ echo 'a b'",
    '[time] [0] ✔ (done in n ms)',
  ]);
});

test('a failure says why, in one line', async () => {
  expect(await told("await run('no-such-program', { verbose: true }).catch(() => {})")).toEqual([
    '[time] [0] $ no-such-program',
    '[time] [0] ✘ Command could not be started: ENOENT: no-such-program (done in n ms)',
  ]);
});

test('one that is expected is a warning', async () => {
  expect(await told("await run('false', { verbose: true, reject: false })")).toEqual([
    '[time] [0] $ false',
    '[time] [0] ⚠ Command failed with exit code 1: false (done in n ms)',
  ]);
});

test('full: what it says as well, line by line', async () => {
  const program = "await run('sh', ['-c', 'echo a; printf b; exit 3'], { verbose: 'full', reject: false })";
  expect((await told(program)).slice(1, 3)).toEqual(['[time] [0]   a', '[time] [0]   b']);
});

test('full for one stream only', async () => {
  const lines = await told("await run('sh', ['-c', 'echo out; echo err >&2'], { verbose: { stderr: 'full' } })");
  expect(lines).toEqual(["[time] [0] $ sh -c 'echo out; echo err >&2'", '[time] [0]   err', '[time] [0] ✔ (done in n ms)']);
});

test('what would move the cursor is spelled out', async () => {
  const lines = await told("await run('printf', ['\\\\033[2Jx'], { verbose: 'full' })");
  expect(lines[1]).toBe('[time] [0]   \\u001b[2Jx');
});

test('commands are told apart by their numbers', async () => {
  const lines = await told("await run('true', { verbose: true }); await run('true'); await $({ verbose: true })`true`");
  expect(lines.map((line) => line.slice(7, 10))).toEqual(['[0]', '[0]', '[1]', '[1]']);
});

test('the result is the same', async () => {
  const { stderr } = await runNode([
    '-e',
    `require(${PACKAGE}).run('seq', ['3'], { verbose: 'full', lines: true }).then(({ stdout }) => console.error(JSON.stringify(stdout)))`,
  ]);
  expect(stderr).toContain('\n["1","2","3"]\n');
});

test('NODE_DEBUG=procs is short for all', async () => {
  expect(await told("await run('true')", { NODE_DEBUG: 'procs' })).toEqual(['[time] [0] $ true', '[time] [0] ✔ (done in n ms)']);
});

test('a function gets every line, and prints what it returns', async () => {
  const program = `await run('echo', ['x'], {
    verbose: (line, { type, message, command, commandId, result }) => type === 'duration' ? undefined : [type, message, command, commandId, result?.exitCode].join('|'),
  });
  await run('false', { verbose: (line, { type, result }) => type + '|' + result?.exitCode }).catch(() => {});`;
  expect(await told(program)).toEqual(['command|echo x|echo x|0|', 'output|x|echo x|0|', 'command|undefined', 'error|1']);
});

test('an error of the function at the start is thrown, and nothing is started', () => {
  const verbose = () => {
    throw new Error('cannot print');
  };
  expect(() => run('true', { verbose })).toThrow('cannot print');
});
