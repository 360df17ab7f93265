'use strict';
// Steps that are no commands: sources, functions, streams and files.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { PassThrough, Readable, Writable } = require('node:stream');
const { DecompressionStream, ReadableStream, WritableStream } = require('node:stream/web');
const zlib = require('node:zlib');
const { pipeline } = require('..');

let folder;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-pipeline-'));
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true });
});

const rejection = (promise) =>
  promise.then(
    () => Promise.reject(new Error('was not rejected')),
    (error) => error,
  );

describe('sources', () => {
  const sources = {
    'a string': () => 'text',
    bytes: () => new Uint8Array([0x74, 0x65, 0x78, 0x74]),
    'a Readable': () => Readable.from([Buffer.from('te'), Buffer.from('xt')]),
    'a web stream': () => ReadableStream.from([Buffer.from('text')]),
    'an async iterable': () =>
      (async function* () {
        yield 'te';
        yield Buffer.from('xt');
      })(),
    'a function': () =>
      async function* () {
        yield 'text';
      },
    'a file': () => {
      fs.writeFileSync(path.join(folder, 'source'), 'text');
      return { file: path.join(folder, 'source') };
    },
  };

  test.each(Object.entries(sources))('%s', async (_name, make) => {
    expect((await pipeline(make(), ['tr', ['a-z', 'A-Z']], ['cat'])).stdout).toBe('TEXT');
  });

  test.each(Object.entries(sources))('%s, and a function behind it', async (_name, make) => {
    const shout = async function* (input) {
      for await (const line of input.lines()) yield `${line}!`;
    };
    expect((await pipeline(make(), shout, ['cat'])).stdout).toBe('text!');
  });
});

describe('functions', () => {
  test('between commands, by line', async () => {
    const { stdout } = await pipeline(
      ['printf', ['b\\na\\n']],
      async function* (input) {
        for await (const line of input.lines()) yield `${line}${line}\n`;
      },
      ['sort'],
    );
    expect(stdout).toBe('aa\nbb');
  });

  test('between commands, by chunk', async () => {
    const { stdout } = await pipeline(
      ['echo', ['x']],
      async function* (input) {
        for await (const chunk of input) {
          expect(Buffer.isBuffer(chunk)).toBe(true);
          yield chunk;
          yield chunk;
        }
      },
      ['cat'],
    );
    expect(stdout).toBe('x\nx');
  });

  test('behind one another, with anything between them', async () => {
    const { stdout } = await pipeline(
      ['printf', ['1\\n2\\n']],
      async function* (input) {
        for await (const line of input.lines()) yield { number: Number(line) };
      },
      async function* (input) {
        for await (const { number } of input) yield `${number * 2}\n`;
      },
      ['cat'],
    );
    expect(stdout).toBe('2\n4');
  });

  test('at the end: what it returns is the value', async () => {
    const { value, stdout } = await pipeline(['printf', ['a\\nb\\n']], async (input) => {
      let count = 0;
      for await (const _line of input.lines()) count++;
      return count;
    });
    expect(value).toBe(2);
    expect(stdout).toBeUndefined();
  });

  test('at the end: all that a generator gives is the value', async () => {
    const { value } = await pipeline(['printf', ['1\\n2\\n']], async function* (input) {
      for await (const line of input.lines()) yield Number(line);
    });
    expect(value).toEqual([1, 2]);
  });

  test('one that throws fails, ends its neighbours, and is the cause', async () => {
    const reason = new Error('cannot');
    const error = await rejection(
      pipeline(
        ['yes'],
        // biome-ignore lint/correctness/useYield: it never gets that far
        async function* (input) {
          for await (const _chunk of input) throw reason;
        },
        ['cat'],
      ),
    );
    expect(error).toMatchObject({ exitReason: 'stream', cause: reason, command: 'cat' });
  });

  test('one at the end that throws fails, and is the cause', async () => {
    const reason = new Error('cannot');
    const error = await rejection(
      pipeline(['yes'], async (input) => {
        for await (const _chunk of input) throw reason;
      }),
    );
    expect(error).toMatchObject({ exitReason: 'stream', cause: reason, command: 'yes' });
  });

  test('one that stops early is no failure of those before it', async () => {
    const { stdout } = await pipeline(
      ['yes'],
      async function* (input) {
        for await (const line of input.lines()) {
          yield line;
          return;
        }
      },
      ['cat'],
    );
    expect(stdout).toBe('y');
  });

  test('one that reads nothing does not hold up those before it', async () => {
    expect((await pipeline(['yes'], () => 5)).value).toBe(5);
    expect((await pipeline(['yes'], () => ['x'], ['cat'])).stdout).toBe('x');
  });

  test('one that is told nobody reads any more ends', async () => {
    let ended = false;
    const source = async function* () {
      try {
        for (;;) yield 'y\n'.repeat(1000);
      } finally {
        ended = true;
      }
    };
    expect((await pipeline(source, ['head', ['-n', '1']])).stdout).toBe('y');
    expect(ended).toBe(true);
  });

  test('a function between commands that returns no iterable', async () => {
    const error = await rejection(pipeline(['echo'], () => 5, ['cat']));
    expect(error.cause).toBeInstanceOf(TypeError);
    expect(error.message).toContain('must return an iterable');
  });

  test('it reads no faster than the next command', async () => {
    let given = 0;
    const source = async function* () {
      for (; given < 1000; given++) yield Buffer.alloc(64 * 1024);
    };
    const joined = pipeline(source, [
      'sh',
      ['-c', 'read go <&3; wc -c'],
      { stdio: ['pipe', 'pipe', 'pipe', { value: 'pipe', input: true }] },
    ]);
    const stdin = joined.steps[0].stdio[0];
    while (!stdin.writableNeedDrain) await new Promise((resolve) => setImmediate(resolve));
    const held = given;
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(given).toBe(held);
    expect(held).toBeLessThan(100);
    joined.steps[0].stdio[3].end('go\n');
    expect(Number((await joined).stdout)).toBe(1000 * 64 * 1024);
  });
});

describe('streams', () => {
  test('a Transform between commands', async () => {
    expect((await pipeline(['echo', ['x']], zlib.createGzip(), ['gzip', ['-dc']])).stdout).toBe('x');
  });

  test('a web stream pair between commands', async () => {
    expect((await pipeline(['sh', ['-c', 'echo x | gzip']], new DecompressionStream('gzip'), ['cat'])).stdout).toBe('x');
  });

  test('a Writable at the end', async () => {
    const chunks = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(chunk);
        done();
      },
    });
    await pipeline(['echo', ['x']], ['cat'], sink);
    expect(Buffer.concat(chunks).toString()).toBe('x\n');
    expect(sink.writableFinished).toBe(true);
  });

  test('a web stream at the end', async () => {
    const chunks = [];
    await pipeline(['echo', ['x']], new WritableStream({ write: (chunk) => void chunks.push(chunk) }));
    expect(Buffer.concat(chunks).toString()).toBe('x\n');
  });

  test('a destination that fails ends the command', async () => {
    const reason = new Error('full');
    const sink = new Writable({ write: (_chunk, _encoding, done) => done(reason) });
    const error = await rejection(pipeline(['yes'], sink));
    expect(error).toMatchObject({ exitReason: 'stream', cause: reason });
  });

  test('a transform that fails is the cause', async () => {
    const error = await rejection(pipeline(['echo', ['no gzip']], zlib.createGunzip(), ['cat']));
    expect(error.cause).toMatchObject({ code: 'Z_DATA_ERROR' });
  });

  test('a source that fails is the cause', async () => {
    const source = new PassThrough();
    const joined = pipeline(source, ['cat']);
    const reason = new Error('broken');
    source.destroy(reason);
    expect((await rejection(joined)).cause).toBe(reason);
  });
});

describe('files', () => {
  test('from one to another, by the commands themselves', async () => {
    const from = path.join(folder, 'from');
    const to = path.join(folder, 'to');
    fs.writeFileSync(from, 'text');
    const { stdout } = await pipeline({ file: from }, ['tr', ['a-z', 'A-Z']], { file: to });
    expect(stdout).toBeUndefined();
    expect(fs.readFileSync(to, 'utf8')).toBe('TEXT');
    await pipeline({ file: from }, ['cat'], { file: to, append: true });
    expect(fs.readFileSync(to, 'utf8')).toBe('TEXTtext');
  });

  test('at the end, behind a function', async () => {
    const to = path.join(folder, 'behind');
    const shout = async function* (input) {
      for await (const line of input.lines()) yield `${line}!\n`;
    };
    await pipeline(['printf', ['a\nb\n']], shout, { file: to });
    await pipeline(['echo', ['c']], shout, shout, { file: to, append: true });
    expect(fs.readFileSync(to, 'utf8')).toBe('a!\nb!\nc!!\n');
    const full = await rejection(pipeline(['yes'], shout, { file: '/dev/full' }));
    expect(full).toMatchObject({ exitReason: 'stream', cause: { code: 'ENOSPC' } });
  });

  test('one that is missing', async () => {
    const error = await rejection(pipeline({ file: path.join(folder, 'missing') }, ['cat'], ['cat']));
    expect(error).toMatchObject({ code: 'ENOENT', exitReason: 'notStarted' });
  });
});
