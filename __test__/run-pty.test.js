'use strict';

const { once } = require('node:events');
const path = require('node:path');
const { run } = require('..');

const PROGRAM = path.join(__dirname, 'fixtures/run-terminal.js');

test('the child has a terminal of the size and kind that was asked for', async () => {
  const { stdout } = await run(PROGRAM, ['look'], { node: true, pty: { cols: 100, rows: 30, term: 'vt100' } });
  expect(JSON.parse(stdout)).toEqual({ tty: [true, true, true], size: [100, 30], term: 'vt100' });
});

test('pty: true is one of 80 by 24', async () => {
  const { stdout } = await run(PROGRAM, ['look'], { node: true, pty: true });
  expect(JSON.parse(stdout)).toMatchObject({ size: [80, 24], term: 'xterm-256color' });
});

test('stdin and stdout are one stream, and there is no other', async () => {
  const subprocess = run('cat', { pty: true });
  expect(subprocess.stdin).toBe(subprocess.stdout);
  expect(subprocess.stderr).toBeNull();
  subprocess.stdin.end('typed\n');
  // The terminal shows what is typed, and then cat says it.
  expect((await subprocess).stdout).toBe('typed\r\ntyped');
});

test('end() in the middle of a line is the end, too', async () => {
  const subprocess = run('cat', { pty: true });
  subprocess.stdin.end('typed');
  expect(await subprocess).toMatchObject({ exitCode: 0, stdout: 'typedtyped' });
});

test('the end of the terminal is the end of the stream, without an error', async () => {
  const subprocess = run('sh', ['-c', 'echo out; echo err >&2; exit 3'], { pty: true, reject: false });
  let seen = '';
  subprocess.stdout.on('data', (chunk) => {
    seen += chunk;
  });
  await once(subprocess.stdout, 'end');
  expect(seen).toBe('out\r\nerr\r\n');
  expect(await subprocess).toMatchObject({ exitCode: 3, stdout: 'out\r\nerr', stderr: undefined });
});

test('all of a long output arrives', async () => {
  const { stdout } = await run('seq', ['100000'], { pty: true });
  expect(stdout.split('\r\n')).toHaveLength(100_000);
});

test('a child that closes it before its exit is not hung up, and may open it again', async () => {
  const script = 'echo one; exec 0<&- 1>&- 2>&-; sleep 0.2; echo two >/dev/tty; exit 3';
  expect(await run('sh', ['-c', script], { pty: true, reject: false })).toMatchObject({ exitCode: 3, stdout: 'one\r\ntwo' });
});

test('Ctrl-C that is typed reaches the child', async () => {
  const subprocess = run('cat', { pty: true });
  let seen = '';
  subprocess.stdout.on('data', (chunk) => {
    seen += chunk;
    // Once by the terminal, and once by cat, which runs now: a shell may miss a SIGINT between two commands.
    if (seen === 'up\r\nup\r\n') subprocess.stdin.write('\x03');
  });
  subprocess.stdin.write('up\n');
  await expect(subprocess).rejects.toMatchObject({ signal: 'SIGINT', exitReason: 'signal' });
});

test('resize() tells the child', async () => {
  const subprocess = run(PROGRAM, ['resize'], { node: true, pty: true });
  await once(subprocess.stdout, 'data');
  subprocess.resize(33, 44);
  expect((await subprocess).stdout).toBe('up\r\n[33,44]');
});

test('resize() after the end does nothing', async () => {
  const subprocess = run('true', { pty: true });
  await subprocess;
  expect(subprocess.resize(10, 10)).toBeUndefined();
});

test.each([
  [0, 10],
  [10, 65_536],
  [1.5, 10],
  ['80', 24],
])('resize(%p, %p) is refused', async (cols, rows) => {
  const subprocess = run('cat', { pty: true });
  expect(() => subprocess.resize(cols, rows)).toThrow(/"(cols|rows)"/);
  subprocess.stdin.end();
  await subprocess;
});

test('a child without a terminal has none to resize', async () => {
  const subprocess = run('true');
  expect(() => subprocess.resize(80, 24)).toThrow(expect.objectContaining({ code: 'ERR_PROCS_NO_PTY' }));
  await subprocess;
});

test('a timeout ends it with all that runs in it', async () => {
  const subprocess = run('sh', ['-c', 'sleep 100 & sleep 101'], { pty: true, timeout: 200 });
  const error = await subprocess.catch((thrown) => thrown);
  expect(error).toMatchObject({ timedOut: true, tree: { left: [] } });
});

test('nobody has to read it', async () => {
  expect(await run('seq', ['100000'], { pty: true, buffer: false })).toMatchObject({ exitCode: 0, stdout: undefined });
});

test('a program that is not there', async () => {
  const subprocess = run('/no/such/program', { pty: true });
  subprocess.stdin.end('typed');
  await expect(subprocess).rejects.toMatchObject({ code: 'ENOENT' });
});

test('it leaves no descriptor behind', async () => {
  const { descriptors } = require('./lib/descriptors.js');
  await run('true', { pty: true });
  const before = descriptors();
  for (let i = 0; i < 5; i++) await run('true', { pty: true });
  await run('/no/such/program', { pty: true, reject: false });
  expect(descriptors()).toHaveLength(before.length);
});
