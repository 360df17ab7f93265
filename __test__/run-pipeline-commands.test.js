'use strict';
// Commands joined by pipeline(): what flows between them, and what is known afterwards.

const { $, pipeline, run } = require('..');

const NODE = process.execPath;

test('what the first writes the last one has counted', async () => {
  const { stdout } = await pipeline(['printf', ['a\\nb\\nab\\n']], ['grep', ['a']], ['wc', ['-l']]);
  expect(Number(stdout)).toBe(2);
});

test('there is a result for each command, from left to right', async () => {
  const { results, pipedFrom } = await pipeline(['echo', ['x']], ['cat'], ['wc', ['-c']]);
  expect(results.map(({ command, exitCode }) => [command, exitCode])).toEqual([
    ['echo x', 0],
    ['cat', 0],
    ['wc -c', 0],
  ]);
  expect(pipedFrom).toEqual([results[1]]);
  expect(pipedFrom[0].pipedFrom).toEqual([results[0]]);
});

test('the fields on top are those of the last command', async () => {
  const result = await pipeline(['echo', ['x']], ['cat']);
  expect(result).toMatchObject({ command: 'cat', stdout: 'x', exitCode: 0, failed: false });
  expect(result.pid).toBe(result.results[1].pid);
});

test('one command alone is a pipeline, too', async () => {
  expect((await pipeline(['echo', ['x']])).stdout).toBe('x');
});

test('every way to write a command', async () => {
  const { stdout } = await pipeline(run('echo', ['x']), { file: 'cat', args: [] }, $.cmd`cat ${'-'}`, ['cat', { lines: true }]);
  expect(stdout).toEqual(['x']);
});

test('a command that runs already may stand at the end, and in between', async () => {
  const last = run('cat');
  await pipeline(['echo', ['x']], last);
  expect((await last).stdout).toBe('x');
  const between = run('cat');
  expect((await pipeline(['echo', ['y']], between, ['cat'])).stdout).toBe('y');
});

test('what a running command has said before it is joined is not lost', async () => {
  const first = run('sh', ['-c', 'echo before; read go; echo after']);
  await new Promise((resolve) => first.stdout.once('readable', resolve));
  const joined = pipeline(first, ['cat', { lines: true }]);
  first.stdin.end('go\n');
  expect((await joined).stdout).toEqual(['before', 'after']);
});

test("options are each command's own", async () => {
  const { stdout, results } = await pipeline(
    ['sh', ['-c', 'echo $NAME; echo noise >&2'], { env: { NAME: 'value' } }],
    ['sh', ['-c', 'cat; pwd'], { cwd: '/', lines: true }],
  );
  expect(stdout).toEqual(['value', '/']);
  expect(results[0].stderr).toBe('noise');
});

test('what went to the next command is in nobody else’s result', async () => {
  const { results } = await pipeline(['echo', ['x']], ['cat']);
  expect(results[0].stdout).toBeUndefined();
});

test("from: 'stderr' joins stderr, and stdout stays in the result", async () => {
  const { stdout, results } = await pipeline(['sh', ['-c', 'echo out; echo err >&2'], { from: 'stderr' }], ['cat']);
  expect(stdout).toBe('err');
  expect(results[0].stdout).toBe('out');
});

test("from: 'all' joins both, in the order in which they were written", async () => {
  const { stdout } = await pipeline(['sh', ['-c', 'for i in 1 2 3; do echo o$i; echo e$i >&2; done'], { from: 'all' }], ['cat']);
  expect(stdout.split('\n')).toEqual(['o1', 'e1', 'o2', 'e2', 'o3', 'e3']);
});

test('to: and from: any fd', async () => {
  const { stdout } = await pipeline(['sh', ['-c', 'echo x >&4'], { from: 'fd4' }], ['sh', ['-c', 'cat <&3'], { to: 'fd3' }]);
  expect(stdout).toBe('x');
});

test('the first command reads what is written to stdin', async () => {
  const joined = pipeline(['cat'], ['tr', ['a-z', 'A-Z']]);
  joined.stdin.end('typed');
  expect((await joined).stdout).toBe('TYPED');
});

test('ten commands behind one another', async () => {
  const { stdout } = await pipeline(['echo', ['x']], ...Array.from({ length: 10 }, () => ['cat']));
  expect(stdout).toBe('x');
});

test('a megabyte comes through as it was', async () => {
  const write = `process.stdout.write(require('crypto').createHash('sha512').update('x').digest('hex').repeat(8192))`;
  const { stdout } = await pipeline([NODE, ['-e', write]], ['cat'], ['cat'], ['sha256sum']);
  expect(stdout).toBe((await run('sh', ['-c', `"${NODE}" -e "${write}" | sha256sum`])).stdout);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('neighbours are joined by a pipe of the kernel, and by nothing else', async () => {
  const { results } = await pipeline(
    ['sh', ['-c', 'fd=$(readlink /proc/$$/fd/1); echo $fd >&2']],
    ['sh', ['-c', 'readlink /proc/$$/fd/0']],
  );
  expect(results[1].stdout).toMatch(/^pipe:\[\d+\]$/);
  expect(results[0].stderr).toBe(results[1].stdout);
});
