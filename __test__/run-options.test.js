'use strict';
// What is refused, before anything is started: each with Node's code, and a message that says what would be right.

const { Readable, Writable } = require('node:stream');
const { run, runSync } = require('..');

const signal = new AbortController().signal;

function refusal(...given) {
  try {
    run(...given);
  } catch (error) {
    return `${error.name} ${error.code}: ${error.message}`;
  }
  throw new Error('It was not refused');
}

describe('what is to be run', () => {
  test.each([
    ['no program', [''], "TypeError ERR_INVALID_ARG_VALUE: The argument 'file' cannot be empty. Received ''"],
    ['NUL in it', ['a\0b'], "TypeError ERR_INVALID_ARG_VALUE: The argument 'file' must be a string without null bytes. Received 'a\\x00b'"],
    [
      'no string',
      [5],
      'TypeError ERR_INVALID_ARG_TYPE: The "file" argument must be of type string or an instance of Buffer or URL. Received type number (5)',
    ],
    [
      'arguments that are no array',
      ['ls', 'x'],
      'TypeError ERR_INVALID_ARG_TYPE: The "args" argument must be an instance of Array. Received type string (\'x\')',
    ],
    [
      'an argument that is no word',
      ['ls', ['a', undefined]],
      'TypeError ERR_INVALID_ARG_TYPE: The "args[1]" argument must be one of type string or number. Received undefined',
    ],
    [
      'NUL in an argument',
      ['ls', ['a\0b']],
      "TypeError ERR_INVALID_ARG_VALUE: The argument 'args[0]' must be a string without null bytes. Received 'a\\x00b'",
    ],
    ['too much', ['ls', [], {}, {}], 'Error ERR_INVALID_ARG_VALUE: run() takes (file, args, options). Received 4 arguments'],
    [
      'node as a script',
      ['node', { node: true }],
      "TypeError ERR_INVALID_ARG_VALUE: The argument 'file' must be a script when options.node is true. Received 'node'",
    ],
  ])('%s', (_, given, message) => {
    expect(refusal(...given)).toBe(message);
  });
});

describe('names', () => {
  test.each([
    ['timoeut', "is not an option of run() (did you mean 'timeout'?)"],
    ['Lines', "is not an option of run() (did you mean 'lines'?)"],
    ['nothrow', "is not an option of run() (did you mean 'reject: false'?)"],
    ['killDescendants', 'is not an option of run() (did you mean \'killMode: "tree"\'?)'],
    ['foo', 'is not an option of run()'],
  ])('%s', (name, reason) => {
    expect(refusal('ls', { [name]: 1 })).toBe(`TypeError ERR_INVALID_ARG_VALUE: The property 'options.${name}' ${reason}. Received 1`);
  });

  test('inherited options are no options', async () => {
    const inherited = Object.create({ timoeut: 1, cwd: '/nowhere' });
    await expect(run('true', inherited)).resolves.toMatchObject({ exitCode: 0 });
  });

  test('undefined is the default', async () => {
    const nothing = { cwd: undefined, timeout: undefined, lines: undefined, stdout: undefined, signal: undefined, retry: undefined };
    await expect(run('echo', ['x'], nothing)).resolves.toMatchObject({ stdout: 'x' });
  });
});

describe('values', () => {
  test.each([
    [
      { cwd: 5 },
      'TypeError ERR_INVALID_ARG_TYPE: The "options.cwd" property must be of type string or an instance of Buffer or URL. Received type number (5)',
    ],
    [
      { cwd: 'a\0' },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.cwd' must be a string, Uint8Array, or URL without null bytes. Received 'a\\x00'",
    ],
    [{ env: 'A=1' }, 'TypeError ERR_INVALID_ARG_TYPE: The "options.env" property must be of type object. Received type string (\'A=1\')'],
    [
      { env: { A: true } },
      'TypeError ERR_INVALID_ARG_TYPE: The "options.env.A" property must be one of type string or number. Received type boolean (true)',
    ],
    [
      { env: { A: 'x\0' } },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.env.A' must be a string without null bytes. Received 'x\\x00'",
    ],
    [
      { env: { 'A=B': 'x' } },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.env' must not have names that are empty or hold \"=\" or null bytes. Received 'A=B'",
    ],
    [
      { envAllow: ['*_TOKEN'] },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.envAllow[0]' must be a name, or a prefix that ends in '*'. Received '*_TOKEN'",
    ],
    [
      { extendEnv: 'no' },
      'TypeError ERR_INVALID_ARG_TYPE: The "options.extendEnv" property must be of type boolean. Received type string (\'no\')',
    ],
    [
      { shell: 1 },
      'TypeError ERR_INVALID_ARG_TYPE: The "options.shell" property must be one of type boolean or string or an instance of URL. Received type number (1)',
    ],
    [{ uid: 1.5 }, 'RangeError ERR_OUT_OF_RANGE: The value of "options.uid" is out of range. It must be an integer. Received 1.5'],
    [
      { nodeOptions: ['-r', 1] },
      'TypeError ERR_INVALID_ARG_TYPE: The "options.nodeOptions[1]" property must be of type string. Received type number (1)',
    ],
    [
      { encoding: 'utf7' },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.encoding' must be one of: 'utf8', 'utf16le', 'buffer', 'hex', 'base64', 'base64url', 'latin1', 'ascii'. Received 'utf7'",
    ],
    [{ lines: 1 }, 'TypeError ERR_INVALID_ARG_TYPE: The "options.lines" property must be of type boolean. Received type number (1)'],
    [
      { lines: { stdin: true } },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.lines.stdin' must be one of: 'stdout', 'stderr', 'all', 'fd3', 'fd4' and so on. Received true",
    ],
    [
      { lines: { fd3: true } },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.lines.fd3' is for a file descriptor that options.stdio does not open. Received true",
    ],
    [{ maxBuffer: -1 }, 'RangeError ERR_OUT_OF_RANGE: The value of "options.maxBuffer" is out of range. It must be >= 0. Received -1'],
    [
      { maxBuffer: { stdout: Number.NaN } },
      'RangeError ERR_OUT_OF_RANGE: The value of "options.maxBuffer.stdout" is out of range. It must be >= 0. Received NaN',
    ],
    [
      { verbose: 'loud' },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.verbose' must be one of: false, true, 'none', 'short', 'full', or a function. Received 'loud'",
    ],
    [
      { timeout: -1 },
      'RangeError ERR_OUT_OF_RANGE: The value of "options.timeout" is out of range. It must be >= 0 && <= 2147483647. Received -1',
    ],
    [
      { timeout: '5s' },
      'TypeError ERR_INVALID_ARG_TYPE: The "options.timeout" property must be of type number. Received type string (\'5s\')',
    ],
    [
      { signal: {} },
      'TypeError ERR_INVALID_ARG_TYPE: The "options.signal" property must be an instance of AbortSignal. Received an instance of Object',
    ],
    [{ killSignal: 'SIGFOO' }, 'TypeError ERR_UNKNOWN_SIGNAL: Unknown signal: SIGFOO'],
    [
      { killSignal: 0 },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.killSignal' must be a signal that ends a process. Received 0",
    ],
    [
      { forceKillAfterDelay: 'x' },
      'TypeError ERR_INVALID_ARG_TYPE: The "options.forceKillAfterDelay" property must be one of type number or boolean. Received type string (\'x\')',
    ],
    [
      { killMode: 'all' },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.killMode' must be one of: 'process', 'group', 'tree'. Received 'all'",
    ],
    [
      { lifetime: 'forever' },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.lifetime' must be one of: 'parent', 'independent'. Received 'forever'",
    ],
    [
      { waitFor: 'end' },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.waitFor' must be one of: 'close', 'exit', 'tree'. Received 'end'",
    ],
    [
      { drainTimeout: -5 },
      'RangeError ERR_OUT_OF_RANGE: The value of "options.drainTimeout" is out of range. It must be >= 0 && <= 2147483647. Received -5',
    ],
    [
      { serialization: 'xml' },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.serialization' must be one of: 'json', 'advanced', 'structured'. Received 'xml'",
    ],
    [
      { ipcInput: Symbol.iterator },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.ipcInput' cannot be serialized as 'advanced'. Received Symbol(Symbol.iterator)",
    ],
    [
      { retry: '3' },
      'TypeError ERR_INVALID_ARG_TYPE: The "options.retry" property must be one of type number or object. Received type string (\'3\')',
    ],
    [{ retry: 0 }, 'RangeError ERR_OUT_OF_RANGE: The value of "options.retry" is out of range. It must be >= 1 && <= 1000000. Received 0'],
    [{ retry: { times: 3 } }, "TypeError ERR_INVALID_ARG_VALUE: The property 'options.retry.times' is not an option of run(). Received 3"],
    [
      { retry: { backoff: { jitter: 2 } } },
      'RangeError ERR_OUT_OF_RANGE: The value of "options.retry.backoff.jitter" is out of range. It must be >= 0 && <= 1. Received 2',
    ],
    [
      { retry: { on: [true] } },
      "TypeError ERR_INVALID_ARG_VALUE: The property 'options.retry.on[0]' must be an exit code, a signal, 'timeout' or an error code. Received true",
    ],
    [
      { pty: 5 },
      'TypeError ERR_INVALID_ARG_TYPE: The "options.pty" property must be one of type boolean or object. Received type number (5)',
    ],
    [
      { pty: { cols: 0 } },
      'RangeError ERR_OUT_OF_RANGE: The value of "options.pty.cols" is out of range. It must be >= 1 && <= 65535. Received 0',
    ],
    [{ pty: { width: 3 } }, "TypeError ERR_INVALID_ARG_VALUE: The property 'options.pty.width' is not an option of run(). Received 3"],
  ])('%j', (options, message) => {
    expect(refusal('ls', options)).toBe(message);
  });
});

describe('streams', () => {
  test.each([
    [
      'a word that is none',
      { stdout: 'x.txt' },
      "The property 'options.stdout' must be 'pipe', 'inherit', 'ignore' or a value such as { file: 'path' }. Received 'x.txt'",
    ],
    [
      'a number that is no fd',
      { stdin: -1 },
      'The value of "options.stdin" is out of range. It must be >= 0 && <= 2147483647. Received -1',
    ],
    ['an fd that is not open', { stdin: 9999 }, "The property 'options.stdin' is not an open file descriptor. Received 9999"],
    [
      'a type that is none',
      { stdin: true },
      'must be a stdio value: a word, a file descriptor, { file }, a file: url, a stream, an iterable or an array of these',
    ],
    ['a function', { stdout: function* lines() {} }, 'cannot be a function. A function that changes what flows is a step of pipeline()'],
    ['an empty array', { stdout: [] }, "The property 'options.stdout' must not be an empty array. Received []"],
    ['ignore and more', { stdout: ['ignore', 'pipe'] }, "The property 'options.stdout' cannot hold 'ignore' and other values"],
    ['an output that can only be read', { stdout: new Readable() }, "The property 'options.stdout' cannot be read from: it is an output"],
    ['an input that can only be written', { stdin: new Writable() }, "The property 'options.stdin' cannot be written to: it is an input"],
    ['bytes as an output', { stderr: new Uint8Array(1) }, "The property 'options.stderr' cannot be read from: it is an output"],
    ['ipc by position', { stdio: ['pipe', 'pipe', 'pipe', 'ipc'] }, "The property 'options.stdio[3]' cannot hold 'ipc'. Use 'ipc: true'"],
    ['stdio beside stdout', { stdio: 'pipe', stdout: 'pipe' }, "The property 'options.stdio' cannot be used with 'options.stdout'"],
    [
      'stdio that is no list',
      { stdio: 5 },
      'The "options.stdio" property must be of type string or an instance of Array. Received type number (5)',
    ],
    [
      'append that is no boolean',
      { stdout: { file: 'x', append: 1 } },
      'The "options.stdout.append" property must be of type boolean. Received type number (1)',
    ],
    ['a URL that is no file', { stdout: new URL('http://x/') }, 'The URL must be of scheme file'],
    [
      'one file in and out',
      { stdin: { file: '/dev/null' }, stdout: { file: '/dev/null' } },
      "The property 'options.stdout' is the file that the input comes from",
    ],
    [
      'input that is none',
      { input: 5 },
      'The "options.input" property must be of type string or an instance of Uint8Array, Readable, or ReadableStream or an iterable',
    ],
    ['input without stdin', { input: 'x', stdin: 'ignore' }, "The property 'options.input' cannot be used with stdin: 'ignore'"],
  ])('%s', (_, options, message) => {
    expect(refusal('ls', options)).toContain(message);
  });
});

describe('together', () => {
  const cannot = (a, b) => `The property 'options.${a}' cannot be used with 'options.${b}'`;
  test.each([
    [{ extendEnv: false, envAllow: ['A'] }, cannot('envAllow', 'extendEnv')],
    [{ shell: true, node: true }, cannot('shell', 'node')],
    [{ signal, cancelSignal: new AbortController().signal }, cannot('cancelSignal', 'signal')],
    [{ cleanup: false, lifetime: 'parent' }, cannot('cleanup', 'lifetime')],
    [{ detached: false, lifetime: 'independent' }, cannot('detached', 'lifetime')],
    [{ lifetime: 'independent', timeout: 5 }, cannot('lifetime', 'timeout')],
    [{ lifetime: 'independent', input: '' }, cannot('lifetime', 'input')],
    [{ lifetime: 'independent', stdout: 'pipe' }, cannot('stdout', 'lifetime')],
    [{ waitFor: 'close', drainTimeout: 5 }, cannot('drainTimeout', 'waitFor')],
    [{ ipc: false, ipcInput: 1 }, cannot('ipc', 'ipcInput')],
    [{ ipc: false, gracefulCancel: true }, cannot('ipc', 'gracefulCancel')],
    [{ gracefulCancel: true, serialization: 'json' }, cannot('serialization', 'gracefulCancel')],
    [{ pty: true, stdin: 'pipe' }, cannot('pty', 'stdin')],
    [{ pty: true, all: true }, cannot('pty', 'all')],
    [
      { retry: 2, input: Readable.from(['x']) },
      "The property 'options.retry' cannot be used with a stream: it cannot be read or written twice",
    ],
  ])('%p', (options, message) => {
    expect(refusal('ls', options)).toContain(message);
  });

  test('the same signal under both names is one', async () => {
    await expect(run('true', { signal, cancelSignal: signal })).resolves.toMatchObject({ failed: false });
  });
});

describe('runSync', () => {
  test.each([
    ['signal', { signal }],
    ['ipc', { ipc: true }],
    ['ipcInput', { ipcInput: 1 }],
    ['gracefulCancel', { gracefulCancel: true }],
    ['detached', { detached: true }],
    ['pty', { pty: true }],
    ['retry', { retry: 2 }],
    ['lifetime', { lifetime: 'independent' }],
    ['waitFor', { waitFor: 'tree' }],
  ])('%s cannot be used with it', (name, options) => {
    expect(() => runSync('ls', options)).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_ARG_VALUE',
        message: expect.stringContaining(`The property 'options.${name}' cannot be used with runSync()`),
      }),
    );
  });

  test('nor can streams', () => {
    expect(() => runSync('cat', { input: Readable.from(['x']) })).toThrow('cannot be a stream or an async iterable with runSync()');
    expect(() => runSync('ls', { stdout: ['pipe', process.stdout] })).toThrow('cannot be a stream or an async iterable with runSync()');
  });
});
