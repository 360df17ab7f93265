'use strict';

const { once } = require('node:events');
const { run } = require('..');
const { IN_TURN, canTakeTurns } = require('./lib/word-by-word.js');

const sh = (script, options) => run('sh', ['-c', script], options);
/** Every encoding of what is no ASCII and no UTF-8. */
const BYTES = 'printf "\\303\\244\\000\\377\\n"';
const bytes = Buffer.from([0xc3, 0xa4, 0, 0xff, 0x0a]);

test('one final newline is stripped, and no other', async () => {
  const { stdout, stderr } = await sh('printf "a\\n\\n"; printf "b\\r\\n" >&2');
  expect(stdout).toBe('a\n');
  expect(stderr).toBe('b');
});

test('stripFinalNewline: false, also for one of the two', async () => {
  expect(await sh('echo a; echo b >&2', { stripFinalNewline: false })).toMatchObject({ stdout: 'a\n', stderr: 'b\n' });
  expect(await sh('echo a; echo b >&2', { stripFinalNewline: { stderr: false } })).toMatchObject({ stdout: 'a', stderr: 'b\n' });
});

test.each(['utf8', 'utf16le', 'latin1', 'ascii', 'hex', 'base64', 'base64url', 'ucs2', 'binary'])('encoding %s', async (encoding) => {
  const { stdout } = await sh(BYTES, { encoding, stripFinalNewline: false });
  expect(stdout).toBe(bytes.toString(encoding));
});

test('encoding buffer', async () => {
  expect((await sh(BYTES, { encoding: 'buffer', stripFinalNewline: false })).stdout).toEqual(bytes);
  expect((await sh(BYTES, { encoding: 'buffer' })).stdout).toEqual(bytes.subarray(0, -1));
});

test('what reads as bytes has no newline to strip', async () => {
  expect((await sh('echo a', { encoding: 'hex' })).stdout).toBe('610a');
});

test('nothing is an empty string, no lines, an empty Buffer', async () => {
  expect(await run('true')).toMatchObject({ stdout: '', stderr: '', stdio: [undefined, '', ''] });
  expect((await run('true', [], { lines: true })).stdout).toEqual([]);
  expect((await run('true', [], { encoding: 'buffer' })).stdout).toEqual(Buffer.alloc(0));
});

test('lines', async () => {
  expect((await sh('printf "a\\r\\n\\nb\\rc\\n\\nd"', { lines: true })).stdout).toEqual(['a', '', 'b\rc', '', 'd']);
  expect((await sh('printf "a\\r\\n\\nd"', { lines: true, stripFinalNewline: false })).stdout).toEqual(['a\r\n', '\n', 'd']);
  expect(await sh('echo a; echo b >&2', { lines: { stderr: true } })).toMatchObject({ stdout: 'a', stderr: ['b'] });
});

(canTakeTurns ? test : test.skip)('all: both in the order in which they came', async () => {
  const { all, stdout, stderr } = await run(...IN_TURN, { all: true });
  expect(all).toBe('o1\ne1\no2\ne2\no3\ne3');
  expect(stdout).toBe('o1\no2\no3');
  expect(stderr).toBe('e1\ne2\ne3');
});

test('all: nothing is missing of what comes while both become streams', async () => {
  const much = 'head -c 4000000 /dev/zero';
  const script = `(${much}; echo half >&3; ${much}) & (${much}; ${much}) >&2 & wait`;
  const subprocess = sh(script, { all: true, encoding: 'buffer', stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  await subprocess.iterable({ from: 'fd3' }).next();
  subprocess.stdout.resume();
  const { all, stdout, stderr } = await subprocess;
  expect([all.length, stdout.length, stderr.length]).toEqual([16_000_000, 8_000_000, 8_000_000]);
});

test('all: other outputs are none of it, whoever reads them', async () => {
  const subprocess = sh('echo three >&3; read _; echo a; echo b >&2', { all: true, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  // Which makes all of them JavaScript's.
  const [, , , three] = subprocess.stdio;
  await once(three, 'data');
  subprocess.stdin.end('\n');
  const { all, stdio } = await subprocess;
  expect([[...all].sort().join(''), ...stdio.slice(1)]).toEqual(['\nab', 'a', 'b', 'three']);
});

test('all is the other one when one is not collected, and undefined when not asked for', async () => {
  expect((await sh('echo a; echo b >&2', { all: true, stderr: 'ignore' })).all).toBe('a');
  expect((await sh('echo a; echo b >&2', { all: true, buffer: { stdout: false } })).all).toBe('b');
  expect((await sh('echo a')).all).toBeUndefined();
});

test('buffer: false keeps nothing, and a child that writes much comes to its end all the same', async () => {
  const { stdout, exitCode } = await sh('head -c 3000000 /dev/zero', { buffer: false });
  expect(stdout).toBeUndefined();
  expect(exitCode).toBe(0);
});

test('maxBuffer: the head is kept, and the child is ended', async () => {
  const error = await run('yes', [], { maxBuffer: 7 }).catch((thrown) => thrown);
  expect(error).toMatchObject({
    stdout: 'y\ny\ny\ny',
    isMaxBuffer: true,
    exitReason: 'maxBuffer',
    code: 'ERR_PROCS_MAX_BUFFER',
    signal: 'SIGTERM',
  });
});

test('maxBuffer: exactly as much is not too much', async () => {
  expect((await sh('printf 1234567', { maxBuffer: 7 })).stdout).toBe('1234567');
  await expect(sh('printf 12345678', { maxBuffer: 7 })).rejects.toMatchObject({ isMaxBuffer: true, stdout: '1234567' });
});

test('maxBuffer of one stream', async () => {
  const error = await sh('printf 1234567890; printf 123 >&2', { maxBuffer: { stderr: 2 } }).catch((thrown) => thrown);
  expect(error).toMatchObject({ isMaxBuffer: true, stderr: '12' });
});

test('maxBuffer does not cut a character in two', async () => {
  for (const [limit, head] of [
    [4, 'a😀'.slice(0, 1)],
    [5, 'a😀'],
    [6, 'a😀'],
    [7, 'a😀ä'],
  ]) {
    const error = await run('printf', ['a😀äb'], { maxBuffer: limit }).catch((thrown) => thrown);
    expect(error.stdout).toBe(head);
  }
});

test('maxBuffer holds for output that JavaScript reads, too', async () => {
  const subprocess = run('yes', [], { maxBuffer: 1000 });
  subprocess.stdout.resume();
  const error = await subprocess.catch((thrown) => thrown);
  expect(error).toMatchObject({ isMaxBuffer: true });
  expect(error.stdout).toHaveLength(999);
});

test('fds above 2', async () => {
  const { stdio } = await sh('echo three >&3; echo four >&4', { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] });
  expect(stdio).toEqual([undefined, '', '', 'three', 'four']);
});

test('much output of a child, and all of it', async () => {
  const { stdout } = await sh('head -c 5000000 /dev/zero | tr "\\0" x');
  expect(stdout.length).toBe(5_000_000);
  expect(/^x+$/.test(stdout)).toBe(true);
});

test('UTF-8 in many pieces', async () => {
  const { stdout } = await sh('i=0; while [ $i -lt 300 ]; do printf "\\360\\237"; printf "\\230\\200"; i=$((i+1)); done');
  expect(stdout).toBe('😀'.repeat(300));
});

test('what the child does not have is undefined', async () => {
  expect(await sh('echo a', { stdout: 'ignore', stderr: 'inherit' })).toMatchObject({ stdout: undefined, stderr: undefined });
});
