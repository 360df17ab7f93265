'use strict';

const { run } = require('..');
const { answerEach } = require('./lib/word-by-word.js');
const { writtenUntilHeldBack } = require('./lib/written.js');

const sh = (script, options) => run('sh', ['-c', script], options);

async function linesOf(iterable) {
  const lines = [];
  for await (const line of iterable) lines.push(line);
  return lines;
}

test('line by line, while the child runs', async () => {
  const subprocess = sh('echo first; read word; echo $word');
  const lines = [];
  for await (const line of subprocess) {
    lines.push(line);
    if (lines.length === 1) subprocess.stdin.end('second\n');
  }
  expect(lines).toEqual(['first', 'second']);
  expect((await subprocess).stdout).toBe('first\nsecond');
});

test('ends of lines', async () => {
  const script = 'printf "a\\r\\n\\nb\\rc\\n\\nd\\r"';
  expect(await linesOf(sh(script))).toEqual(['a', '', 'b\rc', '', 'd\r']);
  expect(await linesOf(sh(script).iterable({ preserveNewlines: true }))).toEqual(['a\r\n', '\n', 'b\rc\n', '\n', 'd\r']);
  expect(await linesOf(run('true'))).toEqual([]);
});

/** Of a child that goes on when a piece has been seen. */
async function linesInPieces(pieces) {
  const subprocess = sh(pieces.map((piece) => `printf "${piece}"`).join('; read _; '));
  const [lines] = await Promise.all([linesOf(subprocess), answerEach(subprocess)]);
  return lines;
}

test('lines that come in pieces', async () => {
  expect(await linesInPieces(['a', 'b\\nc', 'd\\r', '\\ne'])).toEqual(['ab', 'cd', 'e']);
});

test('a character that comes in pieces', async () => {
  expect(await linesInPieces(['\\303', '\\244\\n\\360\\237', '\\230\\200'])).toEqual(['ä', '😀']);
});

test('utf16le', async () => {
  const input = Buffer.from('ä\nb\r\n😀', 'utf16le');
  expect(await linesOf(run('cat', [], { input, encoding: 'utf16le' }))).toEqual(['ä', 'b', '😀']);
});

test('a long line', async () => {
  const [line, last] = await linesOf(sh('head -c 3000000 /dev/zero | tr "\\0" x; echo; echo end'));
  expect(line.length).toBe(3_000_000);
  expect(last).toBe('end');
});

test('very many lines', async () => {
  let count = 0;
  let sum = 0;
  for await (const line of run('seq', ['200000'])) {
    count++;
    sum += Number(line);
  }
  expect(count).toBe(200_000);
  expect(sum).toBe((200_000 * 200_001) / 2);
});

test('from another stream, or all', async () => {
  expect(await linesOf(sh('echo out; echo err >&2').iterable({ from: 'stderr' }))).toEqual(['err']);
  expect(await linesOf(sh('echo three >&3', { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] }).iterable({ from: 'fd3' }))).toEqual(['three']);
  const both = sh('printf a; read _; printf "x\\n" >&2; read _; echo b', { all: true });
  const [lines] = await Promise.all([linesOf(both.iterable({ from: 'all' })), answerEach(both, { from: 'all' })]);
  expect(lines).toEqual(['x', 'ab']);
});

test('chunks instead of lines', async () => {
  expect(Buffer.concat(await linesOf(sh('echo a').iterable({ binary: true })))).toEqual(Buffer.from('a\n'));
  expect(Buffer.concat(await linesOf(sh('echo a', { encoding: 'buffer' })))).toEqual(Buffer.from('a\n'));
});

test('a failure of the child comes after its last line', async () => {
  const lines = [];
  const read = async () => {
    for await (const line of sh('echo a; exit 3')) lines.push(line);
  };
  await expect(read()).rejects.toMatchObject({ exitCode: 3, stdout: 'a' });
  expect(lines).toEqual(['a']);
  expect(await linesOf(sh('echo a; exit 3', { reject: false }))).toEqual(['a']);
  await expect(linesOf(run('no-such-program'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('whoever stops early has the child ended', async () => {
  const subprocess = run('yes');
  for await (const line of subprocess) {
    expect(line).toBe('y');
    break;
  }
  expect(subprocess.signalCode).toBe('SIGTERM');
  await expect(subprocess).rejects.toMatchObject({ exitReason: 'killed', signal: 'SIGTERM' });
});

test('an error thrown in the loop has the child ended, and is what is thrown', async () => {
  const subprocess = run('yes');
  const error = new Error('mine');
  const read = async () => {
    for await (const _line of subprocess) throw error;
  };
  await expect(read()).rejects.toBe(error);
  expect(subprocess.signalCode).toBe('SIGTERM');
});

test('whoever stops early leaves the child to another reader', async () => {
  const subprocess = sh('echo a; read word; echo $word');
  const other = linesOf(subprocess);
  for await (const _line of subprocess) break;
  expect(subprocess.signalCode).toBe(null);
  subprocess.stdin.end('b\n');
  expect(await other).toEqual(['a', 'b']);
});

test('several readers get everything', async () => {
  const subprocess = run('seq', ['3']);
  expect(await Promise.all([linesOf(subprocess), linesOf(subprocess)])).toEqual([
    ['1', '2', '3'],
    ['1', '2', '3'],
  ]);
});

test('a reader that does not go on holds the child back', async () => {
  const subprocess = run('yes');
  const lines = subprocess.iterable();
  await lines.next();
  expect(await writtenUntilHeldBack(subprocess.pid)).toBeGreaterThan(0);
  await lines.return();
  expect(subprocess.signalCode).toBe('SIGTERM');
});

test('several next() at once', async () => {
  const lines = run('seq', ['3']).iterable();
  const items = await Promise.all([lines.next(), lines.next(), lines.next(), lines.next(), lines.next()]);
  expect(items.map(({ value, done }) => (done ? 'end' : value))).toEqual(['1', '2', '3', 'end', 'end']);
});

test('what cannot be read is refused at the call', async () => {
  const subprocess = run('true', [], { stderr: 'ignore' });
  const codes = (options) => {
    try {
      subprocess.iterable(options);
    } catch (error) {
      return [error.name, error.code, error.message];
    }
    return undefined;
  };
  const invalid = ['TypeError', 'ERR_INVALID_ARG_VALUE'];
  expect(codes({ from: 'stdin' })).toEqual([...invalid, expect.stringContaining("must be one of: 'stdout'")]);
  expect(codes({ from: 'nothing' })).toEqual([...invalid, expect.stringContaining("must be one of: 'stdout'")]);
  expect(codes({ from: 'all' })).toEqual([...invalid, expect.stringContaining('without options.all')]);
  expect(codes({ from: 'fd7' })).toEqual([...invalid, expect.stringContaining('options.stdio does not open')]);
  expect(codes({ from: 'stderr' })).toEqual([...invalid, expect.stringContaining("'ignore'")]);
  expect(codes({ form: 'stdout' })).toEqual([...invalid, expect.stringContaining('options.form')]);
  expect(codes({ binary: 1 })).toEqual(['TypeError', 'ERR_INVALID_ARG_TYPE', expect.stringContaining('options.binary')]);
  await subprocess;
});
