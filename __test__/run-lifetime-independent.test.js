'use strict';
// lifetime: 'independent': a daemon. It keeps nobody, and nobody ends it.

const { runForJson, runNode } = require('./lib/run-node.js');
const { isRunning } = require('./lib/own-children.js');
const { run, spawn } = require('..');

const pids = [];

afterEach(() => {
  for (const pid of pids.splice(0)) process.kill(pid, 'SIGKILL');
});

const PROGRAM = (call, rest) => `const procs = require('../..'); const child = ${call}; console.log(child.pid); ${rest}`;

/** A program of its own, and what is left of its child when it has ended. */
async function afterwards(call, rest = '') {
  const pid = await runForJson(['-e', PROGRAM(call, rest)]);
  pids.push(pid);
  return { pid };
}

test.each([
  ['run', "procs.run('sleep', ['100'], { lifetime: 'independent' })"],
  ['spawn', "procs.spawn('sleep', ['100'], { lifetime: 'independent' })"],
  ['spawn, found by killMode tree', "procs.spawn('sleep', ['100'], { lifetime: 'independent', killMode: 'tree' })"],
])('a daemon of %s() does not keep its parent, and outlives it', async (_, call) => {
  const { pid } = await afterwards(call);
  expect(isRunning(pid)).toBe(true);
});

test('it outlives process.exit() too, while another child of the same parent ends', async () => {
  const call = "procs.run('sleep', ['100'], { lifetime: 'independent' })";
  const { stdout } = await runNode(['-e', PROGRAM(call, "console.log(procs.run('cat', { stdout: 'ignore' }).pid); process.exit()")]);
  const [daemon, other] = stdout.trim().split('\n').map(Number);
  pids.push(daemon);
  // It ends by the end of its stdin or by its keeper, whichever is first, and some time after its parent.
  while (isRunning(other)) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isRunning(daemon)).toBe(true);
});

test('it leads a session of its own, and its output is not ours', async () => {
  const child = run('sleep', ['100'], { lifetime: 'independent' });
  pids.push(child.pid);
  expect([child.stdin, child.stdout, child.stderr]).toEqual([null, null, null]);
  // From the moment of its exec on; it may not have come so far.
  const session = () => Number(require('node:fs').readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(') ')[1].split(' ')[3]);
  while (session() !== child.pid) await new Promise((resolve) => setImmediate(resolve));
});

test('it can be ended as long as its parent is there', async () => {
  const child = run('sleep', ['100'], { lifetime: 'independent', reject: false });
  expect(child.kill()).toBe(true);
  expect(await child).toMatchObject({ exitReason: 'killed', signal: 'SIGTERM' });
});

test('without options a child of the drop-in outlives its parent, as Node’s does', async () => {
  const { pid } = await afterwards("procs.spawn('sleep', ['100'], { stdio: 'ignore' })", 'process.exit()');
  expect(isRunning(pid)).toBe(true);
});

test('killMode alone says nothing about the lifetime', async () => {
  const { pid } = await afterwards("procs.spawn('sleep', ['100'], { stdio: 'ignore', killMode: 'tree' })", 'process.exit()');
  expect(isRunning(pid)).toBe(true);
});

test('who collects the output cannot be left behind', () => {
  const { execFile, exec } = require('..');
  expect(() => execFile('true', { lifetime: 'independent' })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  expect(() => exec('true', { lifetime: 'independent' })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
});

test.each([
  [{ lifetime: 'ever' }, "The property 'options.lifetime' must be one of: 'parent', 'independent'. Received 'ever'"],
  [{ killMode: 'all' }, "The property 'options.killMode' must be one of: 'process', 'group', 'tree'. Received 'all'"],
  [{ killMode: null }, "The property 'options.killMode' must be one of: 'process', 'group', 'tree'. Received null"],
])('spawn() refuses %p', (options, message) => {
  expect(() => spawn('true', options)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE', message }));
});
