'use strict';
// suspend() and resume(), and what is ended while it stands still.

const { once } = require('node:events');
const { run } = require('..');
const { stateOf } = require('./lib/own-children.js');

/** Two processes: the child, and one in a session of its own. Settles with both pids. */
async function two(options) {
  const program =
    "const { spawn } = require('node:child_process'); console.log(spawn('sleep', ['100'], { detached: true, stdio: 'ignore' }).pid)";
  const subprocess = run(process.execPath, ['-e', program], { reject: false, ...options });
  const [line] = await once(subprocess.stdout, 'data');
  return { subprocess, pids: [subprocess.pid, Number(line)] };
}

test('suspend() stops all of the tree, and resume() lets it go on', async () => {
  const { subprocess, pids } = await two();
  expect(await subprocess.suspend()).toEqual({ mechanism: 'mark', signalled: 2, left: [] });
  expect(pids.map(stateOf)).toEqual(['T', 'T']);
  expect(await subprocess.resume()).toEqual({ mechanism: 'mark', signalled: 2, left: [] });
  expect(pids.map(stateOf)).not.toContain('T');
  await subprocess.killTree();
  expect(await subprocess).toMatchObject({ exitReason: 'killed' });
});

test('with killMode process it is the child alone', async () => {
  const { subprocess, pids } = await two({ killMode: 'process' });
  expect(await subprocess.suspend()).toEqual({ mechanism: 'process', signalled: 1, left: [] });
  expect(stateOf(pids[1])).not.toBe('T');
  await subprocess.resume();
  await subprocess.killTree();
  await subprocess;
});

test('what stands still is ended by kill() all the same, and may do what it does at its end', async () => {
  const subprocess = run('sh', ['-c', "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done"]);
  await once(subprocess.stdout, 'data');
  await subprocess.suspend();
  subprocess.kill();
  expect(await subprocess).toMatchObject({ stdout: 'up\nbye', exitCode: 0, tree: { left: [] } });
});

test('after the end there is nothing to stop', async () => {
  const subprocess = run('true');
  await subprocess;
  expect(await subprocess.suspend()).toMatchObject({ signalled: 0, left: [] });
  expect(await subprocess.resume()).toMatchObject({ signalled: 0, left: [] });
});

test('a child alone is a tree of one', async () => {
  const subprocess = run('cat', { reject: false });
  expect(await subprocess.suspend()).toMatchObject({ signalled: 1, left: [] });
  expect(await subprocess.resume()).toMatchObject({ signalled: 1, left: [] });
  subprocess.stdin.end();
  expect(await subprocess).toMatchObject({ exitCode: 0, exitReason: 'exit' });
});
