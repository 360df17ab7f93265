'use strict';
// What a failure says, and carries.

const { run, runSync, ProcessError } = require('..');
const { inTime } = require('./lib/in-time.js');

const failure = (...given) =>
  run(...given).then(
    () => Promise.reject(new Error('It did not fail')),
    (error) => error,
  );

test('it is a ProcessError with everything a result has', async () => {
  const error = await failure('sh', ['-c', 'echo out; echo err >&2; exit 2']);
  const result = await run('sh', ['-c', 'echo out; echo err >&2; exit 2'], { reject: false });
  expect(error).toBeInstanceOf(ProcessError);
  expect(error.name).toBe('ProcessError');
  expect({ ...error }).toMatchObject({
    stdout: 'out',
    stderr: 'err',
    exitCode: 2,
    exitReason: 'exit',
    failed: true,
    code: 'ERR_PROCS_EXIT',
  });
  expect(Object.keys(error)).toEqual(expect.arrayContaining(Object.keys(result)));
  expect(Object.keys(error)).not.toEqual(expect.arrayContaining(['message', 'stack', 'name', 'cause']));
});

test('the message: reason, command, and the last lines of stderr', async () => {
  const error = await failure('sh', ['-c', 'echo "not that" >&2; exit 2', 'x y']);
  expect(error.shortMessage).toBe(`Command failed with exit code 2: sh -c 'echo "not that" >&2; exit 2' 'x y'`);
  expect(error.message).toBe(`${error.shortMessage}\n\nnot that`);
});

test('ten lines of it, and how many came before', async () => {
  const { message } = await failure('sh', ['-c', 'seq 25 >&2; exit 1']);
  expect(message.split('\n\n')[1]).toBe(`(15 lines left out)\n${Array.from({ length: 10 }, (_, i) => i + 16).join('\n')}`);
});

test('of lines that are too long, the end', async () => {
  const { message } = await failure('sh', ['-c', 'head -c 9000 /dev/zero | tr "\\0" x >&2; printf end >&2; exit 1']);
  expect(message.length).toBeLessThan(2_500);
  expect(message).toMatch(/…x+end$/);
});

test('a terminal’s colours are left out, and what else would move the cursor is spelled out', async () => {
  const { message } = await failure('sh', ['-c', 'printf "\\033[31mred\\033[0m\\b\\n" >&2; exit 1']);
  expect(message).toMatch(/\n\nred\\x08$/);
});

test.each(['buffer', 'hex', 'base64', 'base64url', 'latin1'])('with encoding %s the lines can be read all the same', async (encoding) => {
  const { message } = await failure('sh', ['-c', 'seq 5000 >&2; exit 1'], { encoding });
  expect(message).toMatch(/left out\)\n4991\n4992\n4993\n4994\n4995\n4996\n4997\n4998\n4999\n5000$/);
});

test('and with lines', async () => {
  const { message } = await failure('sh', ['-c', 'seq 12 >&2; exit 1'], { lines: true });
  expect(message).toMatch(/\n\n\(2 lines left out\)\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12$/);
});

test('a command of many thousand characters is cut in the message, and whole in `command`', async () => {
  const error = await failure('false', ['x'.repeat(50_000)]);
  expect(error.message.length).toBeLessThan(2_200);
  expect(error.command).toHaveLength(50_006);
});

test('a program that is not there', async () => {
  const error = await failure('no-such-program', ['a b']);
  expect(error).toMatchObject({ code: 'ENOENT', exitReason: 'notStarted', originalMessage: 'spawn no-such-program ENOENT' });
  expect(error.message).toBe("Command could not be started: ENOENT: no-such-program 'a b'\nspawn no-such-program ENOENT");
  expect(error.cause).toMatchObject({ code: 'ENOENT', syscall: 'spawn no-such-program', path: 'no-such-program', spawnargs: ['a b'] });
});

test('a program that may not be executed', async () => {
  await expect(failure('/etc/passwd')).resolves.toMatchObject({ code: 'EACCES', exitReason: 'notStarted' });
});

test.each([
  ['/nowhere', 'ENOENT', 'The "cwd" option does not exist: /nowhere'],
  ['/etc/passwd', 'ENOTDIR', 'The "cwd" option is not a directory: /etc/passwd'],
])('a working directory that is none: %s', async (cwd, code, message) => {
  const error = await failure('echo', { cwd });
  expect(error).toMatchObject({ code, exitReason: 'notStarted', originalMessage: message, cwd });
  expect(error.message).toContain(message);
});

test('timeout', async () => {
  const error = await failure('sleep', ['30'], { timeout: 20 });
  expect(error).toMatchObject({ code: 'ERR_PROCS_TIMEOUT', exitReason: 'timeout', timedOut: true, signal: 'SIGTERM' });
  expect(error.message).toBe('Command timed out after 20 ms: sleep 30');
});

test('timeout, and SIGKILL after it', async () => {
  const deaf = 'trap "" TERM; echo up; while :; do sleep 0.05; done';
  let given;
  const error = await inTime(
    (timeout) => {
      given = timeout;
      return failure('sh', ['-c', deaf], { timeout, forceKillAfterDelay: 50 });
    },
    ({ stdout }) => stdout === 'up',
  );
  expect(error).toMatchObject({ timedOut: true, isForcefullyTerminated: true, signal: 'SIGKILL' });
  expect(error.shortMessage).toBe(`Command timed out after ${given} ms and was forcefully terminated after 50 ms: sh -c '${deaf}'`);
});

test('abort', async () => {
  const controller = new AbortController();
  const pending = failure('sleep', ['30'], { signal: controller.signal });
  controller.abort(new Error('not needed any more'));
  const error = await pending;
  expect(error).toMatchObject({ code: 'ERR_PROCS_CANCELED', exitReason: 'canceled', isCanceled: true, cause: controller.signal.reason });
  expect(error.message).toBe('Command was canceled: sleep 30\nnot needed any more');
});

test('kill(), with a reason', async () => {
  const sleep = run('sleep', ['30']);
  sleep.kill('SIGINT', new Error('Stop was pressed'));
  const error = await sleep.catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_PROCS_KILLED', isKilled: true, signal: 'SIGINT', originalMessage: 'Stop was pressed' });
  expect(error.message).toBe('Command was killed with SIGINT (User interruption with CTRL-C): sleep 30\nStop was pressed');
});

test('maxBuffer', async () => {
  const error = await failure('echo', ['abcdef'], { maxBuffer: 3 });
  expect(error).toMatchObject({ code: 'ERR_PROCS_MAX_BUFFER', exitReason: 'maxBuffer', isMaxBuffer: true, stdout: 'abc' });
  expect(error.shortMessage).toBe("Command's output on stdout was longer than 3 bytes: echo abcdef");
});

test('a signal from elsewhere', async () => {
  const error = await failure('sh', ['-c', 'kill -SEGV $$']);
  expect(error).toMatchObject({ code: 'ERR_PROCS_SIGNAL', exitReason: 'signal', isKilled: false });
  expect(error.message).toBe("Command was killed with SIGSEGV (Segmentation fault): sh -c 'kill -SEGV $$'");
});

test('the stack is that of the call', async () => {
  async function whoCalls() {
    await run('false');
  }
  const { stack } = await whoCalls().catch((error) => error);
  const [head, first] = stack.split('\n');
  expect(head).toBe('ProcessError: Command failed with exit code 1: false');
  expect(first).toMatch(/^ {4}at whoCalls .*run-error\.test\.js/);
});

test('the stack of runSync is that of the call', () => {
  function whoCalls() {
    runSync('false');
  }
  expect(whoCalls).toThrow(expect.objectContaining({ stack: expect.stringMatching(/exit code 1: false\n {4}at whoCalls /) }));
});
