'use strict';

const { ChildProcess, Subprocess, run } = require('..');
const { runFixture } = require('./lib/fixture.js');

test('what run() returns is a ChildProcess and a promise of the result', async () => {
  const subprocess = run('echo', ['hello', 'world']);
  expect(subprocess).toBeInstanceOf(ChildProcess);
  expect(subprocess).toBeInstanceOf(Subprocess);
  expect(subprocess).toMatchObject({
    spawnfile: 'echo',
    spawnargs: ['echo', 'hello', 'world'],
    exitCode: null,
    signalCode: null,
    killed: false,
  });
  expect(subprocess.pid).toBeGreaterThan(0);
  const { pid } = subprocess;
  const result = await subprocess;
  expect(result).toMatchObject({
    stdout: 'hello world',
    stderr: '',
    exitCode: 0,
    signal: undefined,
    exitReason: 'exit',
    failed: false,
    pid,
  });
  expect(subprocess).toMatchObject({ exitCode: 0, signalCode: null, pid });
});

test('then, catch and finally are those of a promise', async () => {
  expect(await run('echo', ['a']).then(({ stdout }) => stdout)).toBe('a');
  expect(await run('false').catch(({ exitCode }) => exitCode)).toBe(1);
  let isOver = false;
  const result = await run('true').finally(() => {
    isOver = true;
  });
  expect(isOver).toBe(true);
  expect(result.exitCode).toBe(0);
});

test('it can be awaited more than once, and after its end', async () => {
  const subprocess = run('echo', ['once']);
  const first = await subprocess;
  expect(await subprocess).toBe(first);
  expect((await Promise.all([subprocess, subprocess]))[1]).toBe(first);
});

test('events come in the order of child_process', async () => {
  const events = [];
  const subprocess = run('sh', ['-c', 'exit 7'], { reject: false });
  for (const name of ['spawn', 'exit', 'close', 'error']) subprocess.on(name, (...args) => events.push([name, ...args]));
  const closed = new Promise((resolve) => subprocess.once('close', resolve));
  await subprocess;
  await closed;
  expect(events).toEqual([['spawn'], ['exit', 7, null], ['close', 7, null]]);
});

test('a program that is not there: the promise rejects, the event comes to whoever listens', async () => {
  const subprocess = run('no-such-program', ['a b']);
  const errors = [];
  subprocess.on('error', (error) => errors.push(error));
  expect(subprocess.pid).toBeUndefined();
  const error = await subprocess.catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ENOENT', exitReason: 'notStarted', exitCode: undefined, signal: undefined, stdout: '', stderr: '' });
  expect(error.cause).toMatchObject({ code: 'ENOENT', syscall: 'spawn no-such-program', path: 'no-such-program' });
  expect(errors).toEqual([error.cause]);
});

test('nobody has to listen to "error"', async () => {
  await expect(run('no-such-program')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the streams of a program that was not started are there, and end', async () => {
  const subprocess = run('no-such-program');
  const chunks = [];
  subprocess.stdout.on('data', (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve) => subprocess.stdout.once('end', resolve));
  subprocess.stdin.write('into nothing');
  await expect(subprocess).rejects.toMatchObject({ code: 'ENOENT' });
  await ended;
  expect(chunks).toEqual([]);
});

test('a script whose interpreter is missing is known only when the kernel has tried', async () => {
  const file = require('node:path').join(__dirname, 'fixtures', 'run-no-interpreter.sh');
  const error = await run(file).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ENOENT', exitReason: 'notStarted', pid: undefined });
});

test('a directory that is missing is named, and not the program', async () => {
  const error = await run('echo', ['hi'], { cwd: '/no/such/directory' }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ENOENT', exitReason: 'notStarted' });
  expect(error.message).toContain('The "cwd" option does not exist: /no/such/directory');
});

test('a file as directory is named, too', async () => {
  const error = await run('echo', ['hi'], { cwd: __filename }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ENOTDIR' });
  expect(error.message).toContain(`The "cwd" option is not a directory: ${__filename}`);
});

test('reject: false resolves with the same fields', async () => {
  const result = await run('sh', ['-c', 'echo out; echo err >&2; exit 3'], { reject: false });
  expect(result).toMatchObject({ failed: true, exitCode: 3, stdout: 'out', stderr: 'err', exitReason: 'exit' });
  expect(result).not.toBeInstanceOf(Error);
});

test('the end by a signal has its name', async () => {
  const error = await run('sh', ['-c', 'kill -USR1 $$']).catch((thrown) => thrown);
  expect(error).toMatchObject({
    signal: 'SIGUSR1',
    exitCode: undefined,
    isTerminated: true,
    exitReason: 'signal',
    code: 'ERR_PROCS_SIGNAL',
  });
});

test('what it used is told', async () => {
  const { resourceUsage } = await run('sh', ['-c', 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done']);
  expect(resourceUsage.userCPUTime + resourceUsage.systemCPUTime).toBeGreaterThan(0);
  expect(resourceUsage.minorPageFault).toBeGreaterThan(0);
});

test('a failure that nobody waits for is an unhandled rejection, as of any promise', async () => {
  expect(await runFixture('run-unhandled')).toEqual(['Command failed with exit code 1: false', 'ENOENT']);
});

test('messages, as with fork', async () => {
  const program = 'process.on("message", (m) => { process.send({ got: m }); process.disconnect(); })';
  const subprocess = run(process.execPath, ['-e', program], { ipc: true, ipcInput: new Map([[1, 'one']]) });
  const messages = [];
  subprocess.on('message', (message) => messages.push(message));
  await subprocess;
  expect(messages).toEqual([{ got: new Map([[1, 'one']]) }]);
});

test('unref(): it does not keep this process, and neither does its output', async () => {
  expect(await runFixture('run-unref')).toBe('ended before its child');
});
