'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { PassThrough, Writable } = require('node:stream');
const { WritableStream } = require('node:stream/web');
const { pathToFileURL } = require('node:url');
const { run } = require('..');
const { writtenUntilHeldBack } = require('./lib/written.js');

const sh = (script, options) => run('sh', ['-c', script], options);
const BOTH = 'echo out; echo err >&2';

let folder;
let file;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-'));
  file = path.join(folder, 'output');
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

const content = (name = file) => fs.readFileSync(name, 'utf8');

/** A Node stream that keeps what it gets. */
function sink(options) {
  const stream = new Writable({
    write(chunk, _encoding, callback) {
      stream.text += chunk;
      callback();
    },
    ...options,
  });
  stream.text = '';
  return stream;
}

test('a file alone belongs to the child: no byte of it comes here', async () => {
  const subprocess = sh(BOTH, { stdout: { file } });
  expect(subprocess.stdout).toBe(null);
  expect((await subprocess).stdout).toBeUndefined();
  expect(content()).toBe('out\n');
});

test('a file as URL, and one that is appended to', async () => {
  fs.writeFileSync(file, 'before\n');
  await sh(BOTH, { stdout: { file, append: true } });
  expect(content()).toBe('before\nout\n');
  await sh(BOTH, { stdout: pathToFileURL(file) });
  expect(content()).toBe('out\n');
});

test('one file for two outputs', async () => {
  await sh('for i in 1 2 3; do echo o$i; echo e$i >&2; done', { stdout: { file }, stderr: { file } });
  expect(content()).toBe('o1\ne1\no2\ne2\no3\ne3\n');
});

test('a file and the result', async () => {
  expect((await sh(BOTH, { stdout: [{ file }, 'pipe'] })).stdout).toBe('out');
  expect(content()).toBe('out\n');
});

test('several files, and one of them for both outputs', async () => {
  const other = path.join(folder, 'other');
  // It goes on when somebody has written what it has said before.
  const script = `echo out; until [ -s '${file}' ]; do sleep 0.01; done; echo err >&2`;
  const result = await sh(script, { stdout: [{ file }, { file: other }], stderr: [{ file }, 'pipe'] });
  expect(result).toMatchObject({ stdout: undefined, stderr: 'err' });
  expect(content()).toBe('out\nerr\n');
  expect(content(other)).toBe('out\n');
});

test('a FIFO is opened without waiting for its reader', async () => {
  await run('mkfifo', [file]);
  const writer = sh(BOTH, { stdout: { file } });
  const reader = run('cat', [file]);
  await writer;
  expect((await reader).stdout).toBe('out');
});

test('a file that cannot be opened: nothing is started', async () => {
  const missing = path.join(folder, 'no', 'such', 'file');
  const error = await sh(BOTH, { stdout: { file: missing } }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ENOENT', exitReason: 'notStarted', pid: undefined });
  expect(error.message).toContain(missing);
});

test('an fd', async () => {
  const fd = fs.openSync(file, 'w');
  const result = await sh(BOTH, { stdout: fd, stderr: [fd, 'pipe'] });
  fs.closeSync(fd);
  expect(result).toMatchObject({ stdout: undefined, stderr: 'err' });
  expect(content()).toContain('out\n');
  expect(content()).toContain('err\n');
});

test('a Node stream is written and ended, and the run waits until it has taken everything', async () => {
  let isFinished = false;
  const stream = sink({ final: (callback) => setTimeout(() => callback((isFinished = true) && null), 30) });
  const result = await sh(BOTH, { stdout: stream });
  expect(isFinished).toBe(true);
  expect(stream.text).toBe('out\n');
  expect(result.stdout).toBeUndefined();
});

test('a Node stream for both outputs', async () => {
  const stream = sink({
    write(chunk, _encoding, callback) {
      stream.text += chunk;
      if (stream.text === 'out\n') subprocess.stdin.end('\n');
      callback();
    },
  });
  const subprocess = sh('echo out; read _; echo err >&2', { stdout: stream, stderr: [stream, 'pipe'] });
  await subprocess;
  expect(stream.text).toBe('out\nerr\n');
});

test('a web stream is written and closed', async () => {
  let text = '';
  let isClosed = false;
  const stream = new WritableStream({
    write(chunk) {
      text += Buffer.from(chunk);
    },
    close() {
      isClosed = true;
    },
  });
  expect((await sh(BOTH, { stdout: [stream, 'pipe'] })).stdout).toBe('out');
  expect(text).toBe('out\n');
  expect(isClosed).toBe(true);
});

test('a slow target holds the child back', async () => {
  const slow = new Writable({ write() {} }); // never done with its first chunk
  const subprocess = run('yes', [], { stdout: [slow], reject: false });
  expect(await writtenUntilHeldBack(subprocess.pid)).toBeGreaterThan(0);
  subprocess.kill();
  slow.destroy();
  expect((await subprocess).signal).toBe('SIGTERM');
});

test('a slow web stream holds the child back', async () => {
  const slow = new WritableStream({ write: () => new Promise(() => {}) });
  const subprocess = run('yes', [], { stdout: [slow], reject: false, forceKillAfterDelay: 50 });
  expect(await writtenUntilHeldBack(subprocess.pid)).toBeGreaterThan(0);
  subprocess.kill();
  await subprocess;
});

test('a target that fails ends the child, and is the cause', async () => {
  const cause = new Error('disk full');
  const failing = new Writable({ write: (_chunk, _encoding, callback) => callback(cause) });
  const error = await run('yes', [], { stdout: [failing, 'pipe'] }).catch((thrown) => thrown);
  expect(error).toMatchObject({ exitReason: 'stream', code: 'ERR_PROCS_STREAM', signal: 'SIGTERM' });
  expect(error.cause).toBe(cause);
});

test('a web stream that fails ends the child', async () => {
  const cause = new Error('disk full');
  const failing = new WritableStream({
    write() {
      throw cause;
    },
  });
  const error = await run('yes', [], { stdout: failing }).catch((thrown) => thrown);
  expect(error).toMatchObject({ exitReason: 'stream', signal: 'SIGTERM' });
  expect(error.cause).toBe(cause);
});

test('a target that is destroyed ends the child', async () => {
  const stream = new PassThrough();
  const subprocess = run('yes', [], { stdout: [stream] });
  stream.once('data', () => stream.destroy());
  await expect(subprocess).rejects.toMatchObject({ exitReason: 'stream', signal: 'SIGTERM' });
});

test('a target that fails at its end makes the run fail', async () => {
  const cause = new Error('not saved');
  const failing = sink({ final: (callback) => callback(cause) });
  const error = await sh(BOTH, { stdout: failing }).catch((thrown) => thrown);
  expect(error).toMatchObject({ exitReason: 'stream', exitCode: 0, failed: true });
  expect(error.cause).toBe(cause);
});

test('inherit and others: what this process writes itself stays in order', async () => {
  const { runNode } = require('./lib/run-node.js');
  const { stdout } = await runNode(['run-inherits.js']);
  expect(stdout).toBe('before\nout\nafter out\ndirect\nend\n');
});

test('fds above 2', async () => {
  const { stdio } = await sh('echo three >&3; cat <&4 >&3', {
    stdio: ['ignore', 'pipe', 'pipe', [{ file }, 'pipe'], { value: [Buffer.from('from four')], input: true }],
  });
  expect(stdio[3]).toBe('three\nfrom four');
  expect(content()).toBe('three\nfrom four');
});
