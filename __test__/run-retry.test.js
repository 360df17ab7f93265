'use strict';
// A command that is started anew when it has failed.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { run, $ } = require('..');

let folder;
let tally;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'run-retry-'));
  tally = path.join(folder, 'tally');
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Fails until it has been started `times` times. */
const until = (times, end = 'exit 1') => ['-c', `echo >>"$1"; test $(wc -l <"$1") -ge ${times} || ${end}; echo done`, 'sh', tally];
const starts = () => fs.readFileSync(tally, 'utf8').length;

test('until it succeeds', async () => {
  const result = await run('sh', until(3), { retry: { attempts: 5, backoff: 1 } });
  expect(result).toMatchObject({ stdout: 'done', attempts: 3, failed: false });
  expect(starts()).toBe(3);
});

test('as often as allowed, and then it fails with the last failure', async () => {
  await expect(run('sh', until(9), { retry: { attempts: 2, backoff: 1 } })).rejects.toMatchObject({ attempts: 2, exitCode: 1 });
  expect(starts()).toBe(2);
});

test('a number is that many attempts, three by default', async () => {
  await run('sh', until(9), { retry: 2, reject: false });
  expect(starts()).toBe(2);
  await run('sh', until(9), { retry: { backoff: 0 }, reject: false });
  expect(starts()).toBe(5);
});

test('not when it succeeds at once', async () => {
  await expect(run('sh', until(1), { retry: 5 })).resolves.toMatchObject({ attempts: 1 });
  expect(starts()).toBe(1);
});

test('with reject: false it resolves with the last result', async () => {
  const result = await run('sh', until(9), { retry: { attempts: 2, backoff: 1 }, reject: false });
  expect(result).toMatchObject({ failed: true, attempts: 2 });
});

test('on the exit codes, signals and error codes that are listed', async () => {
  const once = { attempts: 3, backoff: 1 };
  await run('sh', until(9, 'exit 2'), { retry: { ...once, on: [3, 'SIGKILL', 'timeout', 'ENOENT'] }, reject: false });
  expect(starts()).toBe(1);
  await run('sh', until(9, 'exit 3'), { retry: { ...once, on: [3] }, reject: false });
  expect(starts()).toBe(4);
  await run('sh', until(9, 'kill -9 $$'), { retry: { ...once, on: ['SIGKILL'] }, reject: false });
  expect(starts()).toBe(7);
  // One that is slow to start has left no trace when it is ended: its attempts are counted.
  const late = run('sh', until(99, 'sleep 30'), { retry: { ...once, on: ['timeout'] }, timeout: 50, reject: false });
  await expect(late).resolves.toMatchObject({ attempts: 3, exitReason: 'timeout' });
  await expect(run('no-such-program', { retry: { ...once, on: ['ENOENT'] }, reject: false })).resolves.toMatchObject({ attempts: 3 });
});

test('as a function says', async () => {
  const asked = [];
  const on = async (error, attempt) => {
    asked.push([error.exitCode, attempt]);
    return attempt < 2;
  };
  await run('sh', until(9), { retry: { attempts: 9, backoff: 1, on }, reject: false });
  expect(asked).toEqual([
    [1, 1],
    [1, 2],
  ]);
});

test('backoff as a function, which is not asked after the last', async () => {
  const asked = [];
  const backoff = (attempt, error) => {
    asked.push([attempt, error.attempts]);
    return 0;
  };
  await run('sh', until(9), { retry: { attempts: 3, backoff }, reject: false });
  expect(asked).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test('backoff that is no time rejects', async () => {
  await expect(run('false', { retry: { backoff: () => 'soon' } })).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
});

test('pid, streams and events are those of the attempt that runs', async () => {
  const subprocess = run('sh', ['-c', `echo $$; ${until(3)[1]}`, 'sh', tally], { retry: { backoff: 1 } });
  const pids = [];
  subprocess.on('spawn', () => pids.push(subprocess.pid));
  const { stdout, pid } = await subprocess;
  expect(new Set(pids).size).toBe(3);
  expect(stdout).toBe(`${pids[2]}\ndone`);
  expect(pid).toBe(pids[2]);
});

test('kill() ends it for good', async () => {
  const subprocess = run('sleep', ['30'], { retry: { attempts: 5, backoff: 1 } });
  subprocess.kill();
  await expect(subprocess).rejects.toMatchObject({ attempts: 1, isKilled: true });
});

test('kill() between two attempts: there is no other', async () => {
  const subprocess = run('sh', until(9), {
    retry: {
      attempts: 5,
      backoff() {
        setImmediate(() => subprocess.kill());
        return 1e6;
      },
    },
  });
  await expect(subprocess).rejects.toMatchObject({ attempts: 1, exitCode: 1 });
  expect(starts()).toBe(1);
});

test('abort between two attempts cancels', async () => {
  const controller = new AbortController();
  const backoff = () => {
    setImmediate(() => controller.abort());
    return 1e6;
  };
  const subprocess = run('sh', until(9), { signal: controller.signal, retry: { attempts: 5, backoff } });
  const error = await subprocess.catch((thrown) => thrown);
  expect(error).toMatchObject({ isCanceled: true, exitReason: 'canceled' });
  expect(error.cause).toBe(controller.signal.reason);
  expect(starts()).toBe(1);
});

test('input that can be read again is', async () => {
  const script = `cat; ${until(2)[1]}`;
  const { stdout } = await run('sh', ['-c', script, 'sh', tally], { input: 'x', retry: { backoff: 1 } });
  expect(stdout).toBe('xdone');
});

test('$ retries, too', async () => {
  const { attempts } = await $({ retry: { backoff: 1 } })`sh ${until(2)}`;
  expect(attempts).toBe(2);
});

test('it cannot be piped: what a failed attempt has passed on cannot be taken back', () => {
  const subprocess = run('true', { retry: 2 });
  expect(() => subprocess.pipe('cat')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  return subprocess;
});
