'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { PassThrough, Readable } = require('node:stream');
const { ReadableStream } = require('node:stream/web');
const { setTimeout: wait } = require('node:timers/promises');
const { run } = require('..');

const cat = (options) => run('cat', [], { stripFinalNewline: false, ...options });

let folder;
let file;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-'));
  file = path.join(folder, 'input');
  fs.writeFileSync(file, 'from a file\n');
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

async function* slowly(...chunks) {
  for (const chunk of chunks) {
    await wait(5);
    yield chunk;
  }
}

test.each([
  ['a string', () => 'wörd', 'wörd'],
  ['an empty string', () => '', ''],
  ['bytes', () => Buffer.from('bytes'), 'bytes'],
  ['a view', () => new DataView(Uint8Array.of(0x61, 0x62, 0x63).buffer, 1, 1), 'b'],
  ['an iterable', () => ['a', Buffer.from('b'), '', 'c'], 'abc'],
  ['an async iterable', () => slowly('a', 'b'), 'ab'],
  ['a Node stream', () => Readable.from(['a', 'b']), 'ab'],
  ['a web stream', () => ReadableStream.from?.(['a', Buffer.from('b')]) ?? new Response('ab').body, 'ab'],
  ['a long string', () => 'x'.repeat(3_000_000), 'x'.repeat(3_000_000)],
  ['much in small pieces', () => Array(20_000).fill('0123456789'), '0123456789'.repeat(20_000)],
])('input: %s', async (_name, make, expected) => {
  const { stdout } = await cat({ input: make() });
  expect(stdout === expected).toBe(true);
});

test('inputFile', async () => {
  expect((await cat({ inputFile: file })).stdout).toBe('from a file\n');
});

test('stdin: a file belongs to the child, an fd too', async () => {
  const subprocess = cat({ stdin: { file } });
  expect(subprocess.stdin).toBe(null);
  expect((await subprocess).stdout).toBe('from a file\n');
  const fd = fs.openSync(file);
  expect((await cat({ stdin: fd })).stdout).toBe('from a file\n');
  fs.closeSync(fd);
});

test('a FIFO as input is opened without waiting for its writer', async () => {
  const fifo = path.join(folder, 'fifo');
  await run('mkfifo', [fifo]);
  const reader = cat({ inputFile: fifo });
  await run('sh', ['-c', `echo through > ${fifo}`]);
  expect((await reader).stdout).toBe('through\n');
});

test('several, one after the other, in their order', async () => {
  const stdin = [slowly('1', '2'), { file }, Buffer.from('3'), Readable.from(['4'])];
  expect((await cat({ stdin, input: '5' })).stdout).toBe('12from a file\n345');
});

test('a pipe besides: what is written to it comes along, and does not hold the end open', async () => {
  const subprocess = cat({ stdin: ['pipe', slowly('a', 'b')] });
  subprocess.stdin.write('[mine]');
  const { stdout } = await subprocess;
  expect(stdout.replace('[mine]', '')).toBe('ab');
  expect(stdout).toContain('[mine]');
});

test('a child that does not read its input has not failed', async () => {
  expect((await run('true', [], { input: 'x'.repeat(10_000_000) })).exitCode).toBe(0);
  const subprocess = run('true');
  subprocess.stdin.write('x'.repeat(1_000_000));
  expect((await subprocess).exitCode).toBe(0);
});

test('a child that reads only the beginning: the source is told to stop', async () => {
  let isStopped = false;
  async function* endless() {
    try {
      for (;;) {
        yield 'line\n';
        await null;
      }
    } finally {
      isStopped = true;
    }
  }
  expect((await run('head', ['-n', '2'], { input: endless() })).stdout).toBe('line\nline');
  await wait(0);
  expect(isStopped).toBe(true);
});

test('a source that says nothing does not keep the run from its end', async () => {
  const silent = new PassThrough();
  expect((await run('true', [], { input: silent })).exitCode).toBe(0);
  expect(silent.destroyed).toBe(true);
  let isCancelled = false;
  const web = new ReadableStream({
    cancel() {
      isCancelled = true;
    },
  });
  await run('true', [], { input: web });
  expect(isCancelled).toBe(true);
});

test('no more is asked for than the child reads', async () => {
  let count = 0;
  function* endless() {
    for (;;) {
      count++;
      yield 'x'.repeat(10_000);
    }
  }
  const subprocess = run('sleep', ['100'], { input: endless(), reject: false });
  let before = 0;
  while (count === 0 || count !== before) {
    before = count;
    await wait(30);
  }
  expect(count * 10_000).toBeLessThan(2_000_000);
  subprocess.kill();
  await subprocess;
});

test.each([
  ['an iterator', (cause) => slowlyFailing(cause)],
  ['a Node stream', (cause) => Readable.from(slowlyFailing(cause))],
  [
    'a web stream',
    (cause) =>
      new ReadableStream({
        pull(controller) {
          controller.error(cause);
        },
      }),
  ],
])('%s that fails ends the child, and is the cause', async (_name, make) => {
  const cause = new Error('no more');
  const error = await run('sleep', ['100'], { input: make(cause) }).catch((thrown) => thrown);
  expect(error).toMatchObject({ exitReason: 'stream', code: 'ERR_PROCS_STREAM', signal: 'SIGTERM' });
  expect(error.cause).toBe(cause);
});

async function* slowlyFailing(cause) {
  yield 'a';
  throw cause;
}

test('a source of something else than text and bytes is refused', async () => {
  const error = await run('sleep', ['100'], { input: ['a', 1] }).catch((thrown) => thrown);
  expect(error.cause).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
});

test('a stream that ends before its end was cut off', async () => {
  const source = new PassThrough();
  const subprocess = run('cat', [], { input: source });
  source.write('half');
  setImmediate(() => source.destroy());
  await expect(subprocess).rejects.toMatchObject({ exitReason: 'stream' });
});

test('stdin as a stream', async () => {
  const subprocess = cat();
  subprocess.stdin.write('a');
  subprocess.stdin.end('b');
  expect((await subprocess).stdout).toBe('ab');
});

test('a file that is not there', async () => {
  const missing = path.join(folder, 'none');
  await expect(cat({ inputFile: missing })).rejects.toMatchObject({ code: 'ENOENT', exitReason: 'notStarted' });
  await expect(cat({ stdin: [{ file: missing }], input: 'a' })).rejects.toMatchObject({ exitReason: 'stream', cause: { code: 'ENOENT' } });
});
