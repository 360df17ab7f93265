'use strict';

const { once } = require('node:events');
const { text } = require('node:stream/consumers');
const { PassThrough, Readable, Writable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { run } = require('..');
const { writtenUntilHeldBack } = require('./lib/written.js');

const sh = (script, options) => run('sh', ['-c', script], options);
const upper = (options) => run('tr', ['a-z', 'A-Z'], options);

function* forever(chunk) {
  while (true) yield chunk;
}

test('readable(): a Node stream that ends when the child does', async () => {
  expect(await text(sh('echo a; echo b').readable())).toBe('a\nb\n');
  expect(await text(sh('echo err >&2').readable({ from: 'stderr' }))).toBe('err\n');
  const lines = sh('echo a; echo b').readable({ binary: false, preserveNewlines: false });
  expect(await lines.toArray()).toEqual(['a', 'b']);
});

test('readable(): a failure of the child is its error', async () => {
  await expect(text(sh('echo a; exit 3').readable())).rejects.toMatchObject({ exitCode: 3, code: 'ERR_PROCS_EXIT' });
  expect(await text(sh('echo a; exit 3', { reject: false }).readable())).toBe('a\n');
});

test('readable(): destroyed, it has the child ended', async () => {
  const subprocess = run('yes');
  const stream = subprocess.readable();
  await once(stream, 'readable');
  stream.destroy();
  await once(stream, 'close');
  expect(subprocess.signalCode).toBe('SIGTERM');
});

test('readable(): not read, it holds the child back', async () => {
  const subprocess = run('yes');
  const stream = subprocess.readable();
  await once(stream, 'readable');
  expect(await writtenUntilHeldBack(subprocess.pid)).toBeGreaterThan(0);
  stream.destroy();
  await once(stream, 'close');
});

test('writable(): finished when the child has taken it and ended well', async () => {
  const subprocess = run('cat');
  await pipeline(Readable.from(['a', 'b']), subprocess.writable());
  expect(subprocess.exitCode).toBe(0);
  expect((await subprocess).stdout).toBe('ab');
});

test('writable(): a failure of the child is its error', async () => {
  await expect(pipeline(Readable.from(['a']), sh('cat; exit 3').writable())).rejects.toMatchObject({ exitCode: 3 });
  const endless = Readable.from(
    (function* () {
      for (;;) yield 'x'.repeat(10_000);
    })(),
  );
  await expect(pipeline(endless, sh('head -c 5; exit 4').writable())).rejects.toMatchObject({ exitCode: 4 });
});

test('writable(): a child that reads no more and ends well is no failure', async () => {
  await pipeline(Readable.from(Array(2000).fill('x'.repeat(1000))), run('true').writable());
});

test('writable(): an endless source is stopped when the child has ended', async () => {
  const endless = () => Readable.from(forever(Buffer.alloc(65_536)));
  await expect(pipeline(endless(), run('true').writable())).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  const writable = run('true').writable();
  endless().pipe(writable); // nobody listens for 'error'
  await once(writable, 'close');
  const taken = [];
  const into = new Writable({
    write(chunk, _encoding, callback) {
      taken.push(chunk);
      setImmediate(callback);
    },
  });
  await expect(pipeline(endless(), run('head', ['-c', '300000']).duplex(), into)).rejects.toMatchObject({
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  });
  expect(Buffer.concat(taken)).toHaveLength(300_000);
});

test('writableStream(): an endless source is stopped when the child has ended', async () => {
  const endless = ReadableStream.from(forever(new Uint8Array(65_536)));
  await expect(endless.pipeTo(run('true').writableStream())).rejects.toMatchObject({ code: 'EPIPE' });
});

test('writable(): a source that fails ends the child', async () => {
  const cause = new Error('source');
  const failing = new Readable({
    read() {
      this.destroy(cause);
    },
  });
  const subprocess = run('cat');
  await expect(pipeline(failing, subprocess.writable())).rejects.toBe(cause);
  await expect(subprocess).rejects.toMatchObject({ exitReason: 'stream', cause });
});

test('writable(): several of them, and the child sees the end of the last', async () => {
  const subprocess = run('cat');
  const [first, second] = [subprocess.writable(), subprocess.writable()];
  first.end('a');
  setImmediate(() => second.end('b'));
  await Promise.all([once(first, 'finish'), once(second, 'finish')]);
  expect((await subprocess).stdout).toBe('ab');
});

test('writable(): a child that does not read holds the writer back', async () => {
  const subprocess = run('sleep', ['100'], { reject: false });
  const stream = subprocess.writable();
  let count = 0;
  while (stream.write('x'.repeat(10_000))) count++;
  const drained = new Promise((resolve) => stream.once('drain', resolve));
  stream.write('x'.repeat(1_000_000));
  expect(await Promise.race([drained.then(() => 'drained'), new Promise((resolve) => setTimeout(resolve, 50, 'waits'))])).toBe('waits');
  expect(count * 10_000).toBeLessThan(1_000_000);
  stream.destroy();
  await once(stream, 'close');
  expect(subprocess.signalCode).toBe('SIGTERM');
});

test('duplex(): through the child', async () => {
  const chunks = [];
  await pipeline(
    Readable.from(['a', 'b']),
    upper().duplex(),
    new Writable({
      write(chunk, _encoding, callback) {
        chunks.push(String(chunk));
        callback();
      },
    }),
  );
  expect(chunks.join('')).toBe('AB');
});

test('duplex(): much through a slow one', async () => {
  const slow = new PassThrough({ highWaterMark: 10 });
  const passed = pipeline(Readable.from(Array(300).fill('x'.repeat(10_000))), upper().duplex(), slow);
  expect((await text(slow)).length).toBe(3_000_000);
  await passed;
});

test('readableStream(), and a failure of the child is its error', async () => {
  expect(await text(sh('echo a; echo b').readableStream())).toBe('a\nb\n');
  await expect(text(sh('echo a; exit 3').readableStream())).rejects.toMatchObject({ exitCode: 3 });
});

test('readableStream(): cancelled, it has the child ended; not read, it holds it back', async () => {
  const subprocess = run('yes');
  const reader = subprocess.readableStream().getReader();
  await reader.read();
  expect(await writtenUntilHeldBack(subprocess.pid)).toBeGreaterThan(0);
  await reader.cancel();
  expect(subprocess.signalCode).toBe('SIGTERM');
});

test('writableStream()', async () => {
  const subprocess = run('cat');
  const writer = subprocess.writableStream().getWriter();
  await writer.write('a');
  await writer.write(Uint8Array.of(0x62));
  await writer.write(Uint8Array.of(0x63).buffer);
  await writer.close();
  expect((await subprocess).stdout).toBe('abc');
});

test('writableStream(): aborted, it has the child ended', async () => {
  const subprocess = run('cat');
  const reason = new Error('enough');
  await subprocess.writableStream().abort(reason);
  await expect(subprocess).rejects.toMatchObject({ exitReason: 'stream', cause: reason });
});

test('writableStream(): a child that does not read holds the writer back', async () => {
  const subprocess = run('sleep', ['100'], { reject: false });
  const writer = subprocess.writableStream().getWriter();
  const written = Array.from({ length: 30 }, () => writer.write('x'.repeat(100_000)).catch(() => 'lost'));
  const wasHeld = await Promise.race([written.at(-1), new Promise((resolve) => setTimeout(resolve, 50, 'waits'))]);
  expect(wasHeld).toBe('waits');
  subprocess.kill();
  await subprocess;
  await Promise.all(written);
});

test('transformStream()', async () => {
  const source = new Response('web streams').body;
  expect(await text(source.pipeThrough(upper().transformStream()))).toBe('WEB STREAMS');
});

test('a failure that a converted stream tells is not an unhandled rejection', async () => {
  const { runFixture } = require('./lib/fixture.js');
  expect(await runFixture('run-handled')).toEqual({ unhandled: [], told: ['iterable', 'readable', 'readableStream', 'writable'] });
});
