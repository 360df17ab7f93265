'use strict';

const { once } = require('node:events');
const { run } = require('..');
const { inTime } = require('./lib/in-time.js');

const sh = (script, options) => run('sh', ['-c', script], options);
test('a grandchild that holds the output open is not waited for, and the result says so', async () => {
  expect(await sh('sleep 100 & echo soon')).toMatchObject({
    stdout: 'soon',
    exitCode: 0,
    stdoutHeldOpen: true,
    stderrHeldOpen: true,
    failed: false,
  });
});

test('waitFor: "close" waits for it', async () => {
  const result = await sh('(sleep 0.3; echo late) & echo soon', { waitFor: 'close' });
  expect(result).toMatchObject({ stdout: 'soon\nlate', stdoutHeldOpen: false, stderrHeldOpen: false });
});

test('waitFor: "tree" waits for what the child has started, also when it holds nothing open', async () => {
  const subprocess = sh('(sleep 0.3; echo late >&3) >/dev/null 2>&1 & echo soon', {
    waitFor: 'tree',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  expect((await subprocess).stdio[3]).toBe('late');
});

test('drainTimeout begins anew with every byte', async () => {
  // Six times a third of it: longer than it altogether, and so far from it each that only a machine that stands still takes so long.
  const { stdout, stdoutHeldOpen } = await inTime(
    (drainTimeout) =>
      sh(`(for i in 1 2 3 4 5 6; do sleep ${drainTimeout / 3000}; echo $i; done; exec sleep 100) & echo 0`, { drainTimeout }),
    (result) => result.stdout.endsWith('6'),
  );
  expect(stdout.split('\n')).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  expect(stdoutHeldOpen).toBe(true);
});

test('drainTimeout: 0 takes what is there', async () => {
  const { stdout, stdoutHeldOpen } = await sh('echo there; sleep 100 & ', { drainTimeout: 0 });
  expect(stdout).toBe('there');
  expect(stdoutHeldOpen).toBe(true);
});

test('drainTimeout: Infinity waits', async () => {
  expect((await sh('(sleep 0.3; echo late) &', { drainTimeout: Infinity })).stdout).toBe('late');
});

test('held open or not is told of each', async () => {
  expect(await sh('sleep 100 2>/dev/null & echo a')).toMatchObject({ stdoutHeldOpen: true, stderrHeldOpen: false });
  expect(await sh('sleep 100 >/dev/null & echo a')).toMatchObject({ stdoutHeldOpen: false, stderrHeldOpen: true });
  expect(await sh('sleep 0 & wait; echo a')).toMatchObject({ stdoutHeldOpen: false, stderrHeldOpen: false });
});

test('streams, too, are not waited for', async () => {
  const subprocess = sh('sleep 100 & echo soon');
  const chunks = [];
  subprocess.stdout.on('data', (chunk) => chunks.push(String(chunk)));
  const closed = once(subprocess.stdout, 'close');
  expect(await subprocess).toMatchObject({ stdout: 'soon', stdoutHeldOpen: true });
  await closed;
  expect(chunks).toEqual(['soon\n']);
});

test('lines end with the child, too', async () => {
  const lines = [];
  for await (const line of sh('sleep 100 & echo soon')) lines.push(line);
  expect(lines).toEqual(['soon']);
});

test('a slow reader is not mistaken for a held output', async () => {
  const subprocess = sh('head -c 1000000 /dev/zero | tr "\\0" x', { drainTimeout: 20 });
  const reader = subprocess.iterable({ binary: true });
  let length = (await reader.next()).value.length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  for await (const chunk of reader) length += chunk.length;
  expect(length).toBe(1_000_000);
  expect((await subprocess).stdoutHeldOpen).toBe(false);
});

test('the event "close" comes when the result does', async () => {
  const subprocess = sh('sleep 100 & echo soon');
  const closed = once(subprocess, 'close');
  await subprocess;
  expect(await closed).toEqual([0, null]);
});
