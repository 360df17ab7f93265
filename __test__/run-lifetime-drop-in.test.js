'use strict';
// The options `lifetime` and `killMode` where they are opt-in: spawn, fork, exec and execFile. See run-lifetime-parent and run-tree-kill
// for trees that are hard to end.

const { once } = require('node:events');
const path = require('node:path');
const { text } = require('node:stream/consumers');
const procs = require('..');
const { inTime } = require('./lib/in-time.js');
const { isRunning } = require('./lib/own-children.js');
const { runNode } = require('./lib/run-node.js');

async function untilGone(pid) {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A shell that has started something in a session of its own. Settles with the latter's pid. */
const SCRIPT = `setsid sleep 100 >/dev/null & echo $!; wait`;

test('kill() with killMode tree reaches all', async () => {
  const child = procs.spawn('sh', ['-c', SCRIPT], { killMode: 'tree' });
  const [line] = await once(child.stdout, 'data');
  expect(child.kill()).toBe(true);
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  await untilGone(Number(line));
});

test('so does timeout', async () => {
  const { pid, exit } = await inTime(
    async (timeout) => {
      const child = procs.spawn('sh', ['-c', SCRIPT], { killMode: 'tree', timeout });
      const [exit, said] = await Promise.all([once(child, 'exit'), text(child.stdout)]);
      return { pid: Number(said), exit };
    },
    ({ pid }) => pid > 0,
  );
  expect(exit).toEqual([null, 'SIGTERM']);
  await untilGone(pid);
});

test('and the timeout of exec(), which otherwise ends only the shell', async () => {
  const [pid, error] = await inTime(
    (timeout) =>
      new Promise((resolve) => {
        procs.exec(SCRIPT, { killMode: 'tree', timeout }, (failure, stdout) => resolve([Number(stdout), failure]));
      }),
    ([pid]) => pid > 0,
  );
  expect(error).toMatchObject({ killed: true, signal: 'SIGTERM' });
  await untilGone(pid);
});

test('and execFile() with an AbortSignal', async () => {
  const controller = new AbortController();
  const child = procs.execFile('sh', ['-c', SCRIPT], { killMode: 'tree', signal: controller.signal }, () => {});
  const [line] = await once(child.stdout, 'data');
  controller.abort();
  await untilGone(Number(line));
});

test('killMode group reaches the group', async () => {
  const child = procs.spawn('sh', ['-c', 'sleep 100 >/dev/null & echo $!; wait'], { killMode: 'group' });
  const [line] = await once(child.stdout, 'data');
  expect(child.kill()).toBe(true);
  await untilGone(Number(line));
});

test('kill(0) only asks', async () => {
  const child = procs.spawn('cat', { killMode: 'tree' });
  expect([child.kill(0), child.killed]).toEqual([true, true]);
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(child.kill(0)).toBe(false);
});

test('another signal reaches all too, and ends nobody who handles it', async () => {
  const child = procs.spawn(
    'sh',
    ['-c', "trap 'echo one' USR1; (trap 'echo two' USR1; echo up; while :; do sleep 0.05; done) & echo up; while :; do sleep 0.05; done"],
    {
      killMode: 'tree',
    },
  );
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const untilSaid = async (...lines) => {
    while (!lines.every((line) => said.split('\n').includes(line))) await once(child.stdout, 'data');
  };
  while (said !== 'up\nup\n') await once(child.stdout, 'data');
  child.kill('SIGUSR1');
  await untilSaid('one', 'two');
  child.kill('SIGKILL');
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
});

test.each([
  ['fork', "procs.fork(process.argv[1], { lifetime: 'parent' })"],
  ['exec', "procs.exec('sleep 100 & sleep 101', { lifetime: 'parent' })"],
  ['execFile', "procs.execFile('sleep', ['100'], { lifetime: 'parent' })"],
])('%s() with lifetime parent: SIGKILL of the parent ends it', async (_, call) => {
  const program = `const procs = require('../..'); console.log((${call}).pid); process.kill(process.pid, 'SIGKILL')`;
  const { stdout } = await runNode(['-e', program, path.join(__dirname, 'fixtures/ipc-peers/look.js')]);
  expect(Number(stdout)).toBeGreaterThan(1);
  await untilGone(Number(stdout));
});
