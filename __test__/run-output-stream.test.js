'use strict';

const { once } = require('node:events');
const { text } = require('node:stream/consumers');
const { run } = require('..');
const { answerEach } = require('./lib/word-by-word.js');
const { writtenUntilHeldBack } = require('./lib/written.js');

const sh = (script, options) => run('sh', ['-c', script], options);

test('stdout as a stream, from its first byte, and in the result as well', async () => {
  const subprocess = sh('echo first; read line; echo $line');
  const chunks = subprocess.stdout.iterator();
  expect(String((await chunks.next()).value)).toBe('first\n');
  subprocess.stdin.end('second\n');
  expect(String((await chunks.next()).value)).toBe('second\n');
  expect((await chunks.next()).done).toBe(true);
  expect((await subprocess).stdout).toBe('first\nsecond');
});

test('whoever comes late gets it from its first byte, too', async () => {
  const subprocess = sh('echo first; kill -STOP $$; echo second');
  // The child has written, and the addon has read it or can.
  await once(subprocess, 'spawn');
  while (!/^State:\sT/m.test(require('node:fs').readFileSync(`/proc/${subprocess.pid}/status`, 'latin1'))) await new Promise(setImmediate);
  const all = text(subprocess.stdout);
  process.kill(subprocess.pid, 'SIGCONT');
  expect(await all).toBe('first\nsecond\n');
  expect((await subprocess).stdout).toBe('first\nsecond');
});

test('in "exit" it is not too late', async () => {
  const subprocess = run('echo', ['hello']);
  await once(subprocess, 'exit');
  expect(await text(subprocess.stdout)).toBe('hello\n');
  expect((await subprocess).stdout).toBe('hello');
});

test('after the end a stream is at its end', async () => {
  const subprocess = run('echo', ['hello']);
  await subprocess;
  expect(await text(subprocess.stdout)).toBe('');
  subprocess.stdin.write('nobody reads this');
  expect(subprocess.stdin.destroyed).toBe(true);
});

test('the same stream every time', async () => {
  const subprocess = run('cat');
  expect(subprocess.stdout).toBe(subprocess.stdout);
  expect(subprocess.stdio).toEqual([subprocess.stdin, subprocess.stdout, subprocess.stderr]);
  subprocess.stdin.end();
  await subprocess;
});

test('no stream where there is no pipe', async () => {
  const subprocess = run('true', [], { stdio: ['ignore', 'inherit', 'ignore'] });
  expect(subprocess.stdio).toEqual([null, null, null]);
  expect(subprocess.all).toBeUndefined();
  await subprocess;
});

test('encodings and lines of the result do not depend on how the stream is read', async () => {
  const subprocess = sh('printf "\\303"; read _; printf "\\244\\nx\\n"', { lines: true });
  subprocess.stdout.setEncoding('latin1');
  subprocess.stdout.once('data', () => subprocess.stdin.end('\n'));
  expect((await subprocess).stdout).toEqual(['ä', 'x']);
});

test('all as a stream, besides both', async () => {
  const subprocess = sh('echo a; read _; echo b >&2; read _; echo c', { all: true });
  const [all, stdout] = await Promise.all([text(subprocess.all), text(subprocess.stdout), answerEach(subprocess, { from: 'all' })]);
  expect(all).toBe('a\nb\nc\n');
  expect(stdout).toBe('a\nc\n');
  expect((await subprocess).all).toBe('a\nb\nc');
});

test('a stream that is touched and then read by nobody does not keep the child from its end', async () => {
  const subprocess = sh('head -c 1000000 /dev/zero', { encoding: 'buffer' });
  expect(subprocess.stdout.readableFlowing).toBe(null);
  expect((await subprocess).stdout.length).toBe(1_000_000);
});

test('a paused stream holds the child back', async () => {
  const subprocess = run('yes', [], { buffer: false });
  subprocess.stdout.pause();
  const written = await writtenUntilHeldBack(subprocess.pid);
  expect(written).toBeGreaterThan(0);
  subprocess.kill();
  subprocess.stdout.resume();
  await expect(subprocess).rejects.toMatchObject({ signal: 'SIGTERM' });
});

test('the child is held back although the output is kept', async () => {
  const subprocess = run('yes');
  subprocess.stdout.once('readable', () => {});
  expect(await writtenUntilHeldBack(subprocess.pid)).toBeGreaterThan(0);
  subprocess.kill();
  subprocess.stdout.resume();
  await expect(subprocess).rejects.toMatchObject({ signal: 'SIGTERM' });
});

test('all holds the child back, too', async () => {
  const subprocess = run('yes', [], { all: true });
  subprocess.all.once('readable', () => {});
  expect(await writtenUntilHeldBack(subprocess.pid)).toBeGreaterThan(0);
  subprocess.kill();
  subprocess.all.resume();
  await expect(subprocess).rejects.toMatchObject({ signal: 'SIGTERM' });
});

test('a stream that was destroyed is at its end, and that is no failure', async () => {
  const subprocess = sh('trap "" PIPE; echo a; read _; echo b 2>/dev/null; exit 0');
  await once(subprocess.stdout, 'data');
  subprocess.stdout.destroy();
  subprocess.stdin.end('\n');
  expect((await subprocess).stdout).toBe('a');
});

test('destroyed with an error, it is the failure of the run', async () => {
  const subprocess = run('yes');
  const cause = new Error('enough');
  subprocess.stdout.destroy(cause);
  const error = await subprocess.catch((thrown) => thrown);
  expect(error).toMatchObject({ exitReason: 'stream', code: 'ERR_PROCS_STREAM' });
  expect(error.cause).toBe(cause);
});

test('the stream can be given to another child, as with child_process', async () => {
  const first = sh('echo one; echo two', { buffer: false });
  const second = run('cat', [], { stdin: first.stdout });
  await first;
  expect((await second).stdout).toBe('one\ntwo');
});
