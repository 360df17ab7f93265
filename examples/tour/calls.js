'use strict';
// run, runSync, $, pipeline and pipe(), each once, on this project's own files.

const path = require('node:path');
const { text } = require('node:stream/consumers');
const { createGzip } = require('node:zlib');
const { $, pipeline, run, runSync, signals } = require('@x/procs');
const { root } = require('./source-files.js');

/** Title, and what to show for it. */
const calls = [
  [
    'run(): a result',
    async ({ files }) => {
      const { stdout, exitCode, resourceUsage, durationMs } = await run('wc', ['-c', ...files]);
      const { userCPUTime, systemCPUTime } = resourceUsage;
      return `${stdout.split('\n').length} lines, exit code ${exitCode}, ${(userCPUTime + systemCPUTime) / 1000} ms of CPU in ${durationMs.toFixed(1)} ms`;
    },
  ],
  [
    'lines: true, and several of them at once',
    async ({ files }) => {
      const counts = await Promise.all(
        files.slice(0, 16).map((file) => run('grep', ['-n', 'const', file], { lines: true, reject: false })),
      );
      return `${counts.reduce((sum, { stdout }) => sum + stdout.length, 0)} lines hold "const" in ${counts.length} files`;
    },
  ],
  [
    'for await (const line of run())',
    async ({ files }) => {
      let longest = '';
      for await (const line of run('cat', files)) if (line.length > longest.length) longest = line;
      return `the longest of all lines has ${longest.length} characters`;
    },
  ],
  ['runSync()', () => `${runSync('sh', ['-c', 'cat | wc -c'], { input: Buffer.alloc(1e6) }).stdout.trim()} bytes went in`],
  [
    '$: values are arguments, arrays are several',
    async ({ files }) => (await $({ lines: true })`wc -l ${files.slice(0, 9)}`).stdout.at(-1).trim(),
  ],
  [
    'input, and a file besides the result',
    async ({ folder }) => {
      const { stdout } = await run('tr', ['a-z', 'A-Z'], { input: 'typed', stdout: ['pipe', { file: path.join(folder, 'typed') }] });
      return `${stdout}, and in the file: ${(await $`cat ${path.join(folder, 'typed')}`).stdout}`;
    },
  ],
  [
    'all: both outputs as they came',
    async () => (await run('sh', ['-c', 'echo out; sleep 0.01; echo err >&2'], { all: true, lines: true })).all.join(', '),
  ],
  [
    'maxBuffer: the head is kept',
    async ({ files }) => {
      const { isMaxBuffer, stdout, exitReason } = await run('cat', files, { maxBuffer: 1000, reject: false });
      return `${stdout.length} characters kept, ended because of ${exitReason} (${isMaxBuffer})`;
    },
  ],
  [
    'a failure',
    async () => (await run('grep', ['x', 'no-such-file'], { cwd: root }).catch((error) => error)).message.replaceAll('\n', ' '),
  ],
  ['a program that is not there', async () => (await run('no-such-program').catch((error) => error)).message.replaceAll('\n', ' ')],
  [
    'an option that is not there',
    async () => {
      try {
        return await run('true', { timoeut: 5 });
      } catch (error) {
        return error.message;
      }
    },
  ],
  [
    'env: only what is allowed',
    async () =>
      (await run('env', { envAllow: ['PATH', 'LC_*'], env: { GREETING: 'hello' }, lines: true })).stdout
        .map((line) => line.split('=')[0])
        .join(', '),
  ],
  ['node: true', async () => (await run(path.join(__dirname, 'hello.js'), ['from a script'], { node: true, ipc: false })).stdout],
  [
    'retry',
    async ({ folder }) => {
      const once = 'test -e tried || { touch tried; exit 1; }';
      const { attempts } = await run('sh', ['-c', once], { cwd: folder, retry: { attempts: 3, backoff: 10 } });
      return `worked at attempt ${attempts}`;
    },
  ],
  [
    'readable(): a stream that knows of failures',
    async ({ files }) => `${(await text(run('head', ['-n', '1', files[0]]).readable())).trim()}`,
  ],
  [
    'readableStream(): the same for the web',
    async ({ files }) => {
      let bytes = 0;
      for await (const chunk of run('cat', files).readableStream()) bytes += chunk.length;
      return `${bytes} bytes`;
    },
  ],
  [
    'duplex(): a program in the middle',
    async ({ files }) => {
      const source = run('cat', files.slice(0, 9)).readable();
      return `${(await text(source.pipe(run('sort', ['-u']).duplex()))).split('\n').length} different lines`;
    },
  ],
  [
    'verbose: each line it would print',
    async () => {
      const said = [];
      await run('true', { verbose: (line) => void said.push(line.replace(/^\[\S+ /, '').trim()) });
      return said.join(' … ');
    },
  ],
  ['pty: a terminal', async () => (await run('sh', ['-c', 'test -t 1 && stty size'], { pty: { cols: 100, rows: 30 } })).stdout.trim()],
  [
    'pipeline()',
    async ({ files }) => {
      const { stdout } = await pipeline(
        ['cat', files],
        ['tr', ['-cs', 'A-Za-z', '\\n']],
        ['sort'],
        ['uniq', ['-c']],
        ['sort', ['-rn']],
        ['head', ['-n', '3']],
      );
      return stdout
        .split('\n')
        .map((line) => line.trim())
        .join(', ');
    },
  ],
  [
    'pipeline() with a stream and a function',
    async ({ files }) => {
      const { value } = await pipeline(['cat', files], createGzip(), async (packed) => {
        let bytes = 0;
        for await (const chunk of packed) bytes += chunk.length;
        return bytes;
      });
      return `${value} bytes, packed`;
    },
  ],
  [
    'pipeline() that fails: the culprit',
    async () => (await pipeline(['echo', ['x']], ['grep', ['y']], ['wc', ['-l']]).catch((error) => error)).message.trim(),
  ],
  [
    'pipe() to two',
    async ({ files }) => {
      const source = run('cat', files);
      const [lines, sum] = await Promise.all([source.pipe`wc -l`, source.pipe('cksum')]);
      return `${lines.stdout.trim()} lines, checksum ${sum.stdout.split(' ')[0]}`;
    },
  ],
  [
    'two into one',
    async ({ files }) => {
      const all = run('wc', ['-l']);
      await Promise.all([run('cat', [files[0]]).pipe(all), run('cat', [files[1]]).pipe(all)]);
      return `${(await all).stdout.trim()} lines from two programs`;
    },
  ],
  ['signals', () => `${Object.keys(signals).length} by name, SIGTERM among them: ${'SIGTERM' in signals}`],
];

module.exports = { calls };
