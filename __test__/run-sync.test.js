'use strict';
// runSync() and $.sync: the same options, results and errors, while this thread waits.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { run, runSync, $, ProcessError } = require('..');
const { descriptors } = require('./lib/descriptors.js');
const { inTime } = require('./lib/in-time.js');
const { IN_TURN, canTakeTurns } = require('./lib/word-by-word.js');

let folder;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'run-sync-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

const file = (name) => path.join(folder, name);
const sh = (script, options) => runSync('sh', ['-c', script], options);
/** A zombie is not: it only waits for its new parent to look. */
const isRunning = (pid) => {
  try {
    return !/\) [ZX] /.test(fs.readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return false;
    throw error;
  }
};
const failure = (call) => {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail');
};

test('the result has the fields of run()', async () => {
  const result = runSync('echo', ['a b']);
  expect(Object.keys(result)).toEqual(Object.keys(await run('echo', ['a b'])));
  expect(result).toMatchObject({ command: "echo 'a b'", stdout: 'a b', stderr: '', exitCode: 0, failed: false, exitReason: 'exit' });
  expect(result.pid).toBeGreaterThan(0);
  expect(result.resourceUsage.userCPUTime + result.resourceUsage.systemCPUTime).toBeGreaterThanOrEqual(0);
});

test('$.sync', () => {
  expect($.sync`echo ${'a b'} c`.stdout).toBe('a b c');
  expect($({ encoding: 'hex' }).sync({ stripFinalNewline: false })`echo a`.stdout).toBe('610a');
  expect($.s`printf x`.stdout).toBe('x');
});

describe('failures are thrown', () => {
  test('an exit code', () => {
    const error = failure(() => sh('echo no >&2; exit 3'));
    expect(error).toBeInstanceOf(ProcessError);
    expect(error).toMatchObject({ exitCode: 3, stderr: 'no', code: 'ERR_PROCS_EXIT' });
    expect(error.message).toBe("Command failed with exit code 3: sh -c 'echo no >&2; exit 3'\n\nno");
  });

  test('unless reject is false', () => {
    expect(sh('exit 3', { reject: false })).toMatchObject({ failed: true, exitCode: 3 });
  });

  test('a signal', () => {
    expect(failure(() => sh('kill -9 $$'))).toMatchObject({ signal: 'SIGKILL', exitReason: 'signal', isTerminated: true });
  });

  test('a program that is not there', () => {
    expect(failure(() => runSync('no-such-program', ['x']))).toMatchObject({
      code: 'ENOENT',
      exitReason: 'notStarted',
      pid: undefined,
      originalMessage: 'spawn no-such-program ENOENT',
    });
  });

  test('a directory that is not there', () => {
    expect(failure(() => runSync('ls', { cwd: '/nowhere' }))).toMatchObject({
      code: 'ENOENT',
      originalMessage: 'The "cwd" option does not exist: /nowhere',
    });
  });

  test('a file that is not there', () => {
    expect(failure(() => runSync('cat', { inputFile: '/nowhere' }))).toMatchObject({ code: 'ENOENT', exitReason: 'notStarted' });
  });

  test('timeout', () => {
    expect(failure(() => runSync('sleep', ['30'], { timeout: 30 }))).toMatchObject({
      timedOut: true,
      signal: 'SIGTERM',
      shortMessage: 'Command timed out after 30 ms: sleep 30',
    });
  });

  test('timeout, and SIGKILL after it', async () => {
    const deaf = 'trap "" TERM; echo up; while :; do sleep 0.05; done';
    const error = await inTime(
      (timeout) => failure(() => sh(deaf, { timeout, forceKillAfterDelay: 50 })),
      ({ stdout }) => stdout === 'up',
    );
    expect(error).toMatchObject({ timedOut: true, isForcefullyTerminated: true, signal: 'SIGKILL' });
  });

  test('timeout ends what the child has started, too', async () => {
    const { stdout } = await inTime(
      (timeout) => failure(() => sh('setsid sleep 30 & echo $!; wait', { timeout, killSignal: 'SIGKILL' })),
      (error) => error.stdout !== '',
    );
    expect(isRunning(Number(stdout))).toBe(false);
  });

  test('maxBuffer, with the head kept', () => {
    const error = failure(() => runSync('yes', { maxBuffer: 5 }));
    expect(error).toMatchObject({ isMaxBuffer: true, stdout: 'y\ny\ny' });
  });
});

test('stdin that is this process’s own is left to the child', async () => {
  const program = `process.stdout.write(require(${JSON.stringify(path.join(__dirname, '..'))}).$.sync\`head -1\`.stdout)`;
  const { stdout } = await run(process.execPath, ['-e', program], { input: 'first\nsecond\n' });
  expect(stdout).toBe('first');
});

describe('input', () => {
  test.each([
    ['text', 'ä€', 'ä€'],
    ['bytes', Buffer.from('bytes'), 'bytes'],
    ['parts', ['a', Buffer.from('b'), 'c'], 'abc'],
    ['nothing', '', ''],
  ])('%s', (_, input, expected) => {
    expect(runSync('cat', { input }).stdout).toBe(expected);
  });

  test('a large one, which the child also writes while it reads', () => {
    const input = 'x'.repeat(3_000_000);
    expect(runSync('cat', { input }).stdout).toBe(input);
  });

  test('is not read by a child that ends: no error', () => {
    expect(runSync('true', { input: 'x'.repeat(3_000_000) }).exitCode).toBe(0);
  });

  test('without it stdin is at its end', () => {
    expect(runSync('cat').stdout).toBe('');
  });

  test('files, and several', () => {
    fs.writeFileSync(file('a'), 'from a\n');
    fs.writeFileSync(file('b'), 'from b\n');
    expect(runSync('cat', { inputFile: file('a') }).stdout).toBe('from a');
    expect(runSync('cat', { stdin: { file: file('b') } }).stdout).toBe('from b');
    expect(runSync('cat', { stdin: [{ file: file('a') }, { file: file('b') }], input: 'text' }).stdout).toBe('from a\nfrom b\ntext');
  });
});

describe('output', () => {
  test('as bytes, lines and encoded', () => {
    expect(sh('echo a; echo b', { encoding: 'buffer' }).stdout).toEqual(Buffer.from('a\nb'));
    expect(sh('echo a; echo b', { lines: true }).stdout).toEqual(['a', 'b']);
    expect(sh('echo a', { encoding: 'base64', stripFinalNewline: false }).stdout).toBe('YQo=');
  });

  (canTakeTurns ? test : test.skip)('all, in the order in which it came', () => {
    const { all, stdout, stderr } = runSync(...IN_TURN, { all: true });
    expect([all, stdout, stderr]).toEqual(['o1\ne1\no2\ne2\no3\ne3', 'o1\no2\no3', 'e1\ne2\ne3']);
  });

  test('to files, of which nothing is in the result', () => {
    const result = sh('echo out; echo err >&2', { stdout: { file: file('out') }, stderr: { file: file('out'), append: true } });
    expect([result.stdout, result.stderr, fs.readFileSync(file('out'), 'utf8')]).toEqual([undefined, undefined, 'out\nerr\n']);
  });

  test('to several at once', () => {
    fs.writeFileSync(file('b'), 'before\n');
    const { stdout } = sh('echo x', { stdout: ['pipe', { file: file('a') }, { file: file('b'), append: true }] });
    expect([stdout, fs.readFileSync(file('a'), 'utf8'), fs.readFileSync(file('b'), 'utf8')]).toEqual(['x', 'x\n', 'before\nx\n']);
  });

  test('a file that cannot be written after the fact is a failure', () => {
    expect(failure(() => sh('echo x', { stdout: ['pipe', { file: '/nowhere/x' }] }))).toMatchObject({
      exitReason: 'stream',
      stdout: 'x',
      code: 'ERR_PROCS_STREAM',
      cause: expect.objectContaining({ code: 'ENOENT' }),
    });
  });

  test('nothing is kept with ignore and buffer: false', () => {
    const result = sh('echo x; echo y >&2', { stdout: 'ignore', buffer: false });
    expect([result.stdout, result.stderr]).toEqual([undefined, undefined]);
  });

  test('more fds', () => {
    const { stdio } = sh('echo three >&3; echo four >&4', { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] });
    expect(stdio).toEqual([undefined, '', '', 'three', 'four']);
  });

  test('a grandchild that holds it open is not waited for', () => {
    const result = sh('echo x; sleep 30 & echo $!', { drainTimeout: 20, lines: true });
    process.kill(Number(result.stdout[1]), 'SIGKILL');
    expect(result).toMatchObject({ stdoutHeldOpen: true, stderrHeldOpen: true, failed: false });
  });
});

test('environment, cwd, shell and node as with run()', () => {
  expect(sh('echo $A $PWD', { env: { A: 'a' }, cwd: '/' }).stdout).toBe('a /');
  expect(runSync('echo $0', { shell: true }).stdout).toBe('/bin/sh');
  expect(runSync(path.join(__dirname, 'fixtures/run-says-hello.js'), ['x'], { node: true }).stdout).toBe('hello x');
});

test('nothing is left open', () => {
  runSync('true');
  const before = descriptors();
  sh('echo x', { stdout: ['pipe', { file: file('a') }], stdin: { file: '/dev/null' }, stderr: { file: file('e') } });
  failure(() => runSync('no-such-program', { stdout: { file: file('a') } }));
  failure(() => runSync('cat', { inputFile: '/nowhere' }));
  expect(descriptors()).toEqual(before);
});
