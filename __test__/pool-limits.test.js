'use strict';
// What workers may use, and what they find around them.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Pool } = require('..');
const { endPools, makePool } = require('./lib/pools.js');

const filename = path.join(__dirname, 'fixtures/pool/limits.js');
const onLinux = process.platform === 'linux' ? describe : describe.skip;
const asRoot = process.getuid() === 0 ? test : test.skip;

/** Of a pool with these options. */
function asked(name, options, value = null) {
  return makePool({ filename, ...options }).run(value, { name });
}

afterEach(endPools);

/** A second of CPU time takes as long as others leave it. */
const PATIENTLY = 120_000;

onLinux('resourceLimits of the process', () => {
  test('every worker has them, the one that takes the place of another too, and this process has not', async () => {
    const before = fs.readFileSync('/proc/self/limits', 'utf8');
    const pool = makePool({ filename, resourceLimits: { openFiles: 123, coreSize: 0 } });
    const limit = () => pool.run('Max open files', { name: 'limit' });
    expect(await limit()).toEqual(['123', '123']);
    const pid = await pool.run(null, { name: 'pid' });
    await expect(pool.run(1, { name: 'exit' })).rejects.toMatchObject({ reason: 'exit' });
    expect(await limit()).toEqual(['123', '123']);
    expect(await pool.run(null, { name: 'pid' })).not.toBe(pid);
    expect(fs.readFileSync('/proc/self/limits', 'utf8')).toBe(before);
  });

  test(
    'a worker that has used up its CPU time is ended, and the pool goes on',
    async () => {
      const pool = makePool({ filename, resourceLimits: { cpuTime: 1000 } });
      await expect(pool.run(null, { name: 'spin' })).rejects.toMatchObject({ reason: 'signal', signal: 'SIGXCPU' });
      expect(await pool.run(null, { name: 'pid' })).toEqual(expect.any(Number));
    },
    PATIENTLY,
  );

  test('less address space than Node needs: no worker can be started, and the task is told', async () => {
    const pool = makePool({ filename, stderr: 'ignore', resourceLimits: { addressSpace: 50 * 2 ** 20 } });
    await expect(pool.run(null, { name: 'pid' })).rejects.toMatchObject({ code: 'ERR_PROCS_WORKER_START' });
  });

  test('more than this process may give: likewise', async () => {
    const options = { filename, resourceLimits: { openFiles: Number.MAX_SAFE_INTEGER } };
    await expect(makePool(options).run(null, { name: 'pid' })).rejects.toMatchObject({ code: 'ERR_PROCS_WORKER_START' });
  });
});

describe("resourceLimits of V8's", () => {
  test('maxOldGenerationSizeMb is the heap', async () => {
    const heap = await asked('heapLimit', { resourceLimits: { maxOldGenerationSizeMb: 100 } });
    const larger = await asked('heapLimit', { resourceLimits: { maxOldGenerationSizeMb: 300 } });
    expect(larger - heap).toBe(200);
  });

  test('stackSizeMb makes recursion deeper, without a crash at its end', async () => {
    const usual = await asked('depth', { resourceLimits: { stackSizeMb: 1 } });
    const deep = await asked('depth', { resourceLimits: { stackSizeMb: 16 } });
    expect(deep).toBeGreaterThan(8 * usual);
  });
});

test('nice', async () => {
  const wanted = Math.min(19, os.getPriority() + 4);
  expect(await asked('priority', { nice: wanted })).toBe(wanted);
  expect(await asked('priority', {})).toBe(os.getPriority());
});

onLinux('cpuAffinity', () => {
  test('names the CPUs that workers run on', async () => {
    const own = /^Cpus_allowed_list:\s*(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1];
    expect(await asked('cpus', { cpuAffinity: [Number(own)] })).toBe(own);
  });

  test('none of which there is: no worker can be started', async () => {
    await expect(asked('cpus', { cpuAffinity: [8191] })).rejects.toMatchObject({ code: 'ERR_PROCS_WORKER_START' });
  });
});

describe('env', () => {
  beforeEach(() => Object.assign(process.env, { POOL_A: 'a', POOL_B: 'b' }));

  afterEach(() => {
    delete process.env.POOL_A;
    delete process.env.POOL_B;
  });

  test("is this process's, without anything of the pool's own", async () => {
    const env = await asked('env', {});
    expect(env).toMatchObject({ POOL_A: 'a', POOL_B: 'b', PATH: process.env.PATH });
    expect(Object.keys(env).filter((name) => /^PROCS_(CHANNEL|POOL)/.test(name))).toEqual([]);
  });

  test('given, it is all there is', async () => {
    expect(await asked('env', { env: { ONLY: 1, NOT: undefined } })).toEqual({ ONLY: '1' });
    expect(await asked('env', { env: {} })).toEqual({});
  });

  test('envAllow lets names and prefixes through, alone and beside env', async () => {
    expect(await asked('env', { envAllow: ['POOL_A'] })).toEqual({ POOL_A: 'a' });
    expect(await asked('env', { env: { POOL_B: 'mine' }, envAllow: ['POOL_*'] })).toEqual({ POOL_A: 'a', POOL_B: 'mine' });
  });
});

test('cwd', async () => {
  expect(await asked('cwd', { cwd: '/' })).toBe('/');
  expect(await asked('cwd', { cwd: new URL('file:///usr') })).toBe('/usr');
});

test('execArgv, and behind it the limits', async () => {
  const options = { execArgv: ['--no-warnings', '--max-old-space-size=400'], resourceLimits: { maxOldGenerationSizeMb: 64 } };
  expect(await asked('execArgv', options)).toEqual(['--no-warnings', '--max-old-space-size=400', '--max-old-space-size=64']);
});

asRoot('uid and gid: without the groups of this process', async () => {
  // Of one's own files a worker could read nothing: those of the package must be readable for all.
  expect(await asked('ids', { uid: 65534, gid: 65534, cwd: '/' })).toEqual([65534, 65534, '65534']);
});

describe('what makes no sense is refused before anything is started', () => {
  test.each([
    [{ resourceLimits: { openFile: 5 } }, 'ERR_INVALID_ARG_VALUE', /options\.resourceLimits\.openFile.*openFiles/],
    [{ resourceLimits: { maxOldGenerationSizeMb: -5 } }, 'ERR_OUT_OF_RANGE', /options\.resourceLimits\.maxOldGenerationSizeMb/],
    [{ nice: 50 }, 'ERR_OUT_OF_RANGE', /options\.nice/],
    [{ cpuAffinity: ['0'] }, 'ERR_INVALID_ARG_TYPE', /options\.cpuAffinity\[0\]/],
    [{ env: { 'A=B': 1 } }, 'ERR_INVALID_ARG_VALUE', /options\.env/],
    [{ env: { A: {} } }, 'ERR_INVALID_ARG_TYPE', /options\.env\.A/],
    [{ env: { A: 'a\0b' } }, 'ERR_INVALID_ARG_VALUE', /options\.env\.A/],
    [{ envAllow: ['A*B'] }, 'ERR_INVALID_ARG_VALUE', /options\.envAllow\[0\]/],
    [{ execArgv: '--no-warnings' }, 'ERR_INVALID_ARG_TYPE', /options\.execArgv/],
    [{ uid: -1 }, 'ERR_OUT_OF_RANGE', /options\.uid/],
    [{ cwd: 5 }, 'ERR_INVALID_ARG_TYPE', /options\.cwd/],
    [{ stdout: 'file' }, 'ERR_INVALID_ARG_VALUE', /options\.stdout/],
  ])('%p', (options, code, message) => {
    expect(() => new Pool({ filename, ...options })).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  test.each([[{ execArgv: [] }], [{ execPath: process.execPath }], [{ resourceLimits: { maxOldGenerationSizeMb: 5 } }]])(
    'with a program: %p',
    (options) => {
      expect(() => new Pool({ program: ['python3'], ...options })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
    },
  );
});
