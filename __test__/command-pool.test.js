'use strict';
// run(), so many at once: who comes next, and that what was accepted is answered exactly once.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { AsyncLocalStorage } = require('node:async_hooks');
const { CommandPool } = require('..');
const { Gates, HELD } = require('./lib/gates.js');

let gates;
let pool;

beforeEach(() => {
  gates = new Gates();
});

afterEach(() => pool?.destroy());

/** A command that ends when gates.open() lets it. */
function held(name, options) {
  return pool.run(...HELD, { onStart: gates.note(name), ...options });
}

/** What has become of each, when all are over. */
async function ends(promises) {
  const settled = await Promise.allSettled(promises);
  return settled.map(({ status, reason }) => (status === 'fulfilled' ? 'well' : reason.code));
}

describe('at once', () => {
  test('there are so many and no more, and the next comes when one is over', async () => {
    pool = new CommandPool({ concurrency: 2 });
    const all = ['a', 'b', 'c', 'd'].map((name) => held(name));
    expect([gates.names, pool.running, pool.queueSize]).toEqual([['a', 'b'], 2, 2]);
    gates.open(1);
    await all[1];
    await gates.first(3);
    expect([gates.names, pool.running, pool.queueSize]).toEqual([['a', 'b', 'c'], 2, 1]);
    await gates.openAll(4);
    expect(await ends(all)).toEqual(['well', 'well', 'well', 'well']);
    expect(pool.stats()).toMatchObject({ queued: 0, running: 0, completed: 4, failed: 0, waitTime: { count: 4 }, runTime: { count: 4 } });
  });

  test('a process never runs beside more than concurrency allows', async () => {
    pool = new CommandPool({ concurrency: 3 });
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'command-pool-'));
    const log = path.join(folder, 'log');
    const script = 'echo + >> "$0"; for i in 1 2 3 4 5; do :; done; echo - >> "$0"';
    await Promise.all(Array.from({ length: 40 }, () => pool.run('sh', ['-c', script, log])));
    let now = 0;
    let most = 0;
    const lines = fs.readFileSync(log, 'utf8').trim().split('\n');
    for (const line of lines) most = Math.max(most, (now += line === '+' ? 1 : -1));
    fs.rmSync(folder, { recursive: true });
    expect([lines.length, now]).toEqual([80, 0]);
    expect(most).toBeLessThanOrEqual(3);
  });

  test('hardLimit is above concurrency, whatever that is changed to', async () => {
    pool = new CommandPool({ concurrency: 1, hardLimit: 2 });
    const all = ['a', 'b', 'c'].map((name) => held(name));
    expect(gates.names).toEqual(['a']);
    pool.configure({ concurrency: 10 });
    expect([gates.names, pool.options.concurrency]).toEqual([['a', 'b'], 10]);
    await gates.openAll(3);
    expect(await ends(all)).toEqual(['well', 'well', 'well']);
  });

  test('softLimit is told of when it is reached, and again when there have been fewer', async () => {
    pool = new CommandPool({ maxProcesses: 3, softLimit: 2 });
    const told = [];
    pool.on('softLimit', (event) => told.push(event));
    const first = [held('a'), held('b'), held('c')];
    await once(pool, 'softLimit');
    gates.open(0);
    gates.open(1);
    gates.open(2);
    await Promise.all(first);
    const again = once(pool, 'softLimit');
    const second = [held('d'), held('e')];
    await again;
    gates.open(3);
    gates.open(4);
    await Promise.all(second);
    expect(told.length).toBe(2);
    expect(told[1]).toEqual({ running: 2 });
  });
});

describe('the machine', () => {
  const describeOnLinux = process.platform === 'linux' ? test : test.skip;

  describeOnLinux('without the memory that a command is to find, commands wait, and keep the process', async () => {
    pool = new CommandPool({ minMemoryPerTask: Number.MAX_SAFE_INTEGER });
    const waiting = held('a');
    const [event] = await once(pool, 'held');
    expect(event).toEqual({ reason: 'memory', queued: 1, running: 0 });
    expect([gates.names, pool.stats().held]).toEqual([[], 'memory']);
    pool.configure({ minMemoryPerTask: 1 });
    await gates.openAll(1);
    await waiting;
    expect(pool.stats().held).toBe(null);
  });
});

describe('who comes next', () => {
  test('higher priority first, and those of one priority in their order', async () => {
    pool = new CommandPool({ concurrency: 1, ageing: Infinity });
    const all = [held('first')];
    for (const [name, priority] of Object.entries({ a: 0, b: 5, c: -1, d: 5 })) all.push(held(name, { priority }));
    await gates.openAll(5);
    await Promise.all(all);
    expect(gates.names).toEqual(['first', 'b', 'd', 'a', 'c']);
  });

  test('keys take turns', async () => {
    pool = new CommandPool({ concurrency: 1, ageing: Infinity });
    const all = [held('first')];
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2']) all.push(held(name, { key: name[0] }));
    await gates.openAll(6);
    await Promise.all(all);
    expect(gates.names).toEqual(['first', 'a1', 'b1', 'a2', 'b2', 'a3']);
  });
});

describe('what run() takes and gives', () => {
  beforeEach(() => {
    pool = new CommandPool({ concurrency: 2 });
  });

  test('options, results and errors are those of run()', async () => {
    const { stdout } = await pool.run('sh', ['-c', 'echo $A; pwd'], { env: { A: 'x' }, cwd: '/', lines: true });
    expect(stdout).toEqual(['x', '/']);
    await expect(pool.run('sh', ['-c', 'echo no >&2; exit 3'])).rejects.toMatchObject({ name: 'ProcessError', exitCode: 3, stderr: 'no' });
    expect(await pool.run('false', { reject: false })).toMatchObject({ exitCode: 1, failed: true });
    await expect(pool.run('/no/such/program')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(pool.stats()).toMatchObject({ completed: 1, failed: 3, running: 0 });
  });

  test('an error says where it was asked for', async () => {
    async function whereItIsAsked() {
      await pool.run('false');
    }
    const blocking = [held('a'), held('b')];
    const failing = expect(whereItIsAsked()).rejects.toMatchObject({ stack: expect.stringContaining('whereItIsAsked') });
    gates.open(0);
    gates.open(1);
    await Promise.all(blocking);
    await failing;
  });

  test('timeout counts from the start', async () => {
    pool.configure({ concurrency: 1 });
    const first = held('first');
    const late = pool.run('true', { timeout: 5_000 });
    gates.open(0);
    await first;
    expect(await late).toMatchObject({ exitCode: 0 });
  });

  test('onStart() is called in the context of its run(), and so is what it listens to', async () => {
    pool.configure({ concurrency: 1 });
    const storage = new AsyncLocalStorage();
    const seen = [];
    const first = held('first');
    const second = storage.run('second', () => pool.run('true', { onStart: () => seen.push(storage.getStore()) }));
    gates.open(0);
    await Promise.all([first, second]);
    expect(seen).toEqual(['second']);
  });

  test('what is wrong is refused before anything is started or queued', async () => {
    const refused = async (...given) => (await pool.run(...given).catch((error) => error)).code;
    expect(await refused('true', { cwdd: '/' })).toBe('ERR_INVALID_ARG_VALUE');
    expect(await refused('true', { priority: 'high' })).toBe('ERR_INVALID_ARG_TYPE');
    expect(await refused('true', { onStart: 5 })).toBe('ERR_INVALID_ARG_TYPE');
    expect(await refused('true', { queueTimeout: -1 })).toBe('ERR_OUT_OF_RANGE');
    expect(await refused('true', { lifetime: 'independent' })).toBe('ERR_INVALID_ARG_VALUE');
    expect(await refused('')).toBe('ERR_INVALID_ARG_VALUE');
    expect(pool.stats()).toMatchObject({ queued: 0, running: 0, completed: 0, failed: 0 });
  });
});

describe('options of the pool', () => {
  test.each([
    [{ concurrency: 0 }, 'ERR_OUT_OF_RANGE'],
    [{ concurrency: 1.5 }, 'ERR_OUT_OF_RANGE'],
    [{ concurrency: '4' }, 'ERR_INVALID_ARG_TYPE'],
    [{ concurrency: 4, maxProcesses: 4 }, 'ERR_INVALID_ARG_VALUE'],
    [{ maxCpuThreshold: 80 }, 'ERR_OUT_OF_RANGE'],
    [{ hardLimit: 0 }, 'ERR_OUT_OF_RANGE'],
    [{ concurency: 4 }, 'ERR_INVALID_ARG_VALUE'],
    [5, 'ERR_INVALID_ARG_TYPE'],
  ])('%p', (options, code) => {
    expect(() => new CommandPool(options)).toThrow(expect.objectContaining({ code }));
  });

  test('a name that is misspelt is answered with the right one', () => {
    expect(() => new CommandPool({ maxProcess: 4 })).toThrow("did you mean 'maxProcesses'?");
  });
});
