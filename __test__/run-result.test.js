'use strict';
// What is known of a command when it is over.

const { run, $, signals } = require('..');
const { runForJson } = require('./lib/run-node.js');

test('every field is there', async () => {
  const result = await run('echo', ['a b'], { cwd: '/' });
  expect(result).toEqual({
    command: "echo 'a b'",
    file: 'echo',
    args: ['a b'],
    cwd: '/',
    pid: expect.any(Number),
    stdout: 'a b',
    stderr: '',
    all: undefined,
    stdio: [undefined, 'a b', ''],
    exitCode: 0,
    signal: undefined,
    signalDescription: undefined,
    durationMs: expect.any(Number),
    failed: false,
    exitReason: 'exit',
    timedOut: false,
    isCanceled: false,
    isGracefullyCanceled: false,
    isMaxBuffer: false,
    isKilled: false,
    isTerminated: false,
    isForcefullyTerminated: false,
    stdoutHeldOpen: false,
    stderrHeldOpen: false,
    resourceUsage: expect.any(Object),
    tree: undefined,
    attempts: 1,
    pipedFrom: [],
  });
  expect(result.durationMs).toBeGreaterThan(0);
});

test('an exit code that is not 0 fails', async () => {
  const result = await run('sh', ['-c', 'exit 7'], { reject: false });
  expect(result).toMatchObject({ failed: true, exitCode: 7, exitReason: 'exit', signal: undefined, isTerminated: false });
});

test('a signal of its own', async () => {
  const result = await run('sh', ['-c', 'kill -9 $$'], { reject: false });
  expect(result).toMatchObject({
    failed: true,
    exitCode: undefined,
    exitReason: 'signal',
    signal: 'SIGKILL',
    signalDescription: 'Forced termination',
    isTerminated: true,
    isKilled: false,
  });
});

test('kill()', async () => {
  const sleep = run('sleep', ['30'], { reject: false });
  expect(sleep.kill()).toBe(true);
  await expect(sleep).resolves.toMatchObject({ failed: true, exitReason: 'killed', isKilled: true, signal: 'SIGTERM', isTerminated: true });
});

test('who is asked to end and ends well has not failed', async () => {
  const polite = run('sh', ['-c', 'trap "exit 0" TERM; echo ready; while :; do sleep 0.05; done'], { buffer: false });
  for await (const line of polite.iterable()) {
    if (line === 'ready') polite.kill();
  }
  await expect(polite).resolves.toMatchObject({ failed: false, exitCode: 0, exitReason: 'exit', isKilled: false });
});

test('resources that the child has used, as the kernel counts them', async () => {
  const program = 'const end = Date.now() + 100; while (Date.now() < end); Buffer.alloc(3e8, 1)';
  // From a parent of its own, that has never been large itself: the kernel counts its peak in.
  const parent = `require(${JSON.stringify(require.resolve('..'))}).run(process.execPath, ['-e', ${JSON.stringify(program)}])
    .then(({ resourceUsage }) => console.log(JSON.stringify(resourceUsage)))`;
  const resourceUsage = await runForJson(['-e', parent]);
  expect(resourceUsage.userCPUTime + resourceUsage.systemCPUTime).toBeGreaterThan(50_000); // microseconds
  expect(resourceUsage.maxRSS).toBeGreaterThan(3e8); // bytes
  expect(resourceUsage.minorPageFault).toBeGreaterThan(1_000);
});

test('a program that could not be started has no pid, exit code or usage', async () => {
  const result = await run('no-such-program', { reject: false });
  expect(result).toMatchObject({ failed: true, exitReason: 'notStarted', pid: undefined, exitCode: undefined, signal: undefined });
});

describe('command, as a person reads it', () => {
  test.each([
    [['echo', ['a-b_c./d9']], 'echo a-b_c./d9'],
    [['echo', ['']], "echo ''"],
    [['echo', ["it's"]], "echo 'it'\\''s'"],
    [['echo', ['$HOME', '*', 'a=b', 'é']], "echo '$HOME' '*' 'a=b' 'é'"],
    [['echo', ['a\tb\nc\u0007\u200b']], "echo 'a\\tb\\nc\\u0007\\u200b'"],
    [['echo', ['😀 \u{e0001}']], "echo '😀 \\Ue0001'"],
  ])('%j', async (given, text) => {
    expect((await run(...given)).command).toBe(text);
  });

  test('pasted into a shell, it is the same command', async () => {
    const words = ["it's", '"x"', '$HOME `id` \\', '', '*', '-n'];
    const { command } = await run('printf', ['%s|', ...words]);
    expect((await run(command, { shell: true })).stdout).toBe(`${words.join('|')}|`);
  });

  test('of a shell, the line', async () => {
    expect((await run('echo "a  b" | cat', { shell: true })).command).toBe('echo "a  b" | cat');
  });

  test('of Node, the script', async () => {
    const { command } = await run('./run-says-hello.js', ['x y'], { node: true, cwd: `${__dirname}/fixtures` });
    expect(command).toBe("./run-says-hello.js 'x y'");
  });
});

test('signals are listed with what they do', () => {
  expect(signals.SIGTERM).toEqual({ number: 15, action: 'terminate', description: 'Termination', forced: false });
  expect(signals.SIGKILL).toEqual({ number: 9, action: 'terminate', description: 'Forced termination', forced: true });
  expect([signals.SIGSEGV.action, signals.SIGSTOP.action, signals.SIGCONT.action, signals.SIGCHLD.action]).toEqual([
    'core',
    'stop',
    'continue',
    'ignore',
  ]);
  expect(Object.keys(signals)).toEqual(Object.keys(require('node:os').constants.signals));
  expect(Object.isFrozen(signals) && Object.isFrozen(signals.SIGTERM)).toBe(true);
});

test('$ gives the same', async () => {
  expect(Object.keys(await $`true`)).toEqual(Object.keys(await run('true')));
});
