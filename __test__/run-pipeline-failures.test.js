'use strict';
// Whose failure is the pipeline's, and what becomes of the others.

const { pipeline, ProcessError } = require('..');

const NODE = process.execPath;
const fails = (code, text = '') => ['sh', ['-c', `cat >/dev/null; printf '${text}' >&2; exit ${code}`]];

/** What a promise is rejected with. */
const rejection = (promise) =>
  promise.then(
    () => Promise.reject(new Error('was not rejected')),
    (error) => error,
  );

test('a command in the middle that fails is the failure of all, although the last one succeeds', async () => {
  const error = await rejection(pipeline(['echo', ['x']], fails(3, 'why'), ['cat']));
  expect(error).toBeInstanceOf(ProcessError);
  expect(error).toMatchObject({ exitCode: 3, code: 'ERR_PROCS_EXIT', stderr: 'why' });
  expect(error.message).toContain('why');
});

test('of several it is the rightmost, as with pipefail in bash', async () => {
  const error = await rejection(pipeline(['echo', ['x']], fails(3), fails(4), ['cat']));
  expect(error.exitCode).toBe(4);
});

test('the error has the results of all, and what was piped into the culprit', async () => {
  const error = await rejection(pipeline(['echo', ['x']], fails(3), ['cat']));
  expect(error.results.map(({ exitCode }) => exitCode)).toEqual([0, 3, 0]);
  expect(error.results[1]).toBe(error);
  expect(error.pipedFrom).toEqual([error.results[0]]);
});

test('pipefail: false leaves it to the last one', async () => {
  const { results, failed } = await pipeline(['echo'], fails(3), ['cat'], { pipefail: false });
  expect(failed).toBe(false);
  expect(results[1].exitCode).toBe(3);
  const error = await rejection(pipeline(['echo'], fails(5), { pipefail: false }));
  expect(error.exitCode).toBe(5);
});

test('reject: false resolves, and says that it failed', async () => {
  const result = await pipeline(['echo', ['x']], fails(3), ['cat'], { reject: false });
  expect(result).toMatchObject({ failed: true, command: 'cat', exitCode: 0 });
  expect(result.error.exitCode).toBe(3);
});

test('a step with reject: false may fail', async () => {
  const { stdout, results } = await pipeline(['printf', ['a\\n']], ['grep', ['b'], { reject: false }], ['wc', ['-l']]);
  expect(Number(stdout)).toBe(0);
  expect(results[1]).toMatchObject({ exitCode: 1, failed: true });
});

describe('a reader that wants no more', () => {
  test('SIGPIPE of the writer is no failure', async () => {
    const { stdout, results } = await pipeline(['yes'], ['head', ['-n', '1']]);
    expect(stdout).toBe('y');
    expect(results[0].signal).toBe('SIGPIPE');
  });

  test('nor is it all along a longer row', async () => {
    expect((await pipeline(['yes'], ['cat'], ['cat'], ['head', ['-n', '1']])).stdout).toBe('y');
  });

  test('nor is the exit code of a writer that says EPIPE', async () => {
    const writer = `const more = () => process.stdout.write('y\\n'.repeat(4096), (error) => error || more()); more()`;
    const { stdout, results } = await pipeline([NODE, ['-e', writer]], ['head', ['-n', '1']]);
    expect(stdout).toBe('y');
    expect(results[0].exitCode).toBe(1);
    expect(results[0].stderr).toContain('EPIPE');
  });

  test('nor is 141, by which a shell tells of SIGPIPE', async () => {
    const { results } = await pipeline(['sh', ['-c', 'yes; exit $?']], ['head', ['-n', '1']]);
    expect(results[0].exitCode).toBe(141);
  });

  test('but a writer that fails for another reason has failed', async () => {
    const error = await rejection(pipeline(['sh', ['-c', 'read _ </dev/null; exit 7']], ['true']));
    expect(error.exitCode).toBe(7);
  });
});

describe('the others, when one fails', () => {
  test('those before it are ended, although they never write', async () => {
    const error = await rejection(pipeline(['sleep', ['1000']], ['sleep', ['1000']], ['sh', ['-c', 'exit 3']]));
    expect(error.exitCode).toBe(3);
    expect(error.results.slice(0, 2).map(({ exitReason, signal, cause }) => [exitReason, signal, cause === error])).toEqual([
      ['stream', 'SIGTERM', true],
      ['stream', 'SIGTERM', true],
    ]);
  });

  test('those behind it see the end of their input and finish their work', async () => {
    const error = await rejection(pipeline(['sh', ['-c', 'echo x; exit 3']], ['cat']));
    expect(error.results[1]).toMatchObject({ stdout: 'x', exitCode: 0 });
  });

  test('those behind it that do not finish are ended after forceKillAfterDelay', async () => {
    const error = await rejection(pipeline(['sh', ['-c', 'exit 3']], ['sleep', ['1000']], { forceKillAfterDelay: 50 }));
    expect(error.exitCode).toBe(3);
    expect(error.results[1]).toMatchObject({ exitReason: 'stream', signal: 'SIGTERM' });
  });
});

describe('a program that cannot be started', () => {
  test('is the culprit, and those before it are ended', async () => {
    const error = await rejection(pipeline(['sleep', ['1000']], ['no-such-program']));
    expect(error).toMatchObject({ code: 'ENOENT', exitReason: 'notStarted' });
    expect(error.results[0]).toMatchObject({ exitReason: 'stream', signal: 'SIGTERM' });
  });

  test('those behind it are not started', async () => {
    const joined = pipeline(['no-such-program'], ['cat'], ['cat']);
    const error = await rejection(joined);
    expect(error.code).toBe('ENOENT');
    expect(error.results).toHaveLength(1);
    expect(joined.steps).toHaveLength(1);
  });

  test('nor is anything when a cwd is missing', async () => {
    const error = await rejection(pipeline(['cat', { cwd: '/no/such/folder' }], ['cat']));
    expect(error.code).toBe('ENOENT');
    expect(error.message).toContain('/no/such/folder');
  });
});

describe('as a whole', () => {
  test('timeout ends all of them', async () => {
    const error = await rejection(pipeline(['sleep', ['1000']], ['cat'], { timeout: 50 }));
    expect(error).toMatchObject({ timedOut: true, code: 'ERR_PROCS_TIMEOUT' });
    expect(error.results.map(({ exitReason }) => exitReason)).toEqual(['timeout', expect.stringMatching(/^(timeout|exit)$/)]);
  });

  test('signal ends all of them, with its reason as the cause', async () => {
    const controller = new AbortController();
    const joined = pipeline(['sleep', ['1000']], ['sleep', ['1000']], { signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    const error = await rejection(joined);
    expect(error).toMatchObject({ isCanceled: true, cause: reason });
    expect(error.results.map(({ isCanceled }) => isCanceled)).toEqual([true, true]);
  });

  test('nothing is started when it is aborted already', async () => {
    const joined = pipeline(['echo'], ['cat'], { signal: AbortSignal.abort() });
    const error = await rejection(joined);
    expect(error.isCanceled).toBe(true);
    expect(joined.steps.map(({ pid }) => pid)).toEqual([undefined]);
  });

  test('kill() goes to each of them', async () => {
    const joined = pipeline(['sleep', ['1000']], ['sleep', ['1000']]);
    expect(joined.kill()).toBe(true);
    const error = await rejection(joined);
    expect(error.results.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGTERM']);
  });
});
