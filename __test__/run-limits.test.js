'use strict';
// What a command may use: limits, priority, CPUs.

const fs = require('node:fs');
const os = require('node:os');
const { run, runSync } = require('..');

const LIMITS = '/proc/self/limits';
const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

/** `[soft, hard]` of the line that begins with `name`. */
function limitIn(text, name) {
  const line = text.split('\n').find((one) => one.startsWith(name));
  return line.slice(name.length).trim().split(/\s+/).slice(0, 2);
}

async function limitOf(name, resourceLimits) {
  const { stdout } = await run('cat', [LIMITS], { resourceLimits });
  return limitIn(stdout, name);
}

describeOnLinux('resourceLimits', () => {
  test('a number is the limit for good', async () => {
    expect(await limitOf('Max open files', { openFiles: 77 })).toEqual(['77', '77']);
    expect(await limitOf('Max file size', { fileSize: 1_000_000 })).toEqual(['1000000', '1000000']);
  });

  test('of two, the hard one stays where only the soft one is named', async () => {
    const [, hard] = limitIn(fs.readFileSync(LIMITS, 'utf8'), 'Max open files');
    expect(await limitOf('Max open files', { openFiles: { soft: 70 } })).toEqual(['70', hard]);
    expect(await limitOf('Max open files', { openFiles: { soft: 70, hard: 71 } })).toEqual(['70', '71']);
  });

  test('CPU time is milliseconds, as every duration, and the child is told before it is killed', async () => {
    expect(await limitOf('Max cpu time', { cpuTime: 1001 })).toEqual(['2', '3']);
    const { signal } = await run('sh', ['-c', 'while :; do :; done'], { resourceLimits: { cpuTime: 1000 }, reject: false });
    expect(signal).toBe('SIGXCPU');
    // A second of CPU time takes as long as others leave it.
  }, 120_000);

  test('Infinity takes a soft limit away', async () => {
    expect(await limitOf('Max core file size', { coreSize: { soft: Infinity } })).toEqual(['unlimited', 'unlimited']);
  });

  test('this process keeps its own', async () => {
    const before = fs.readFileSync(LIMITS, 'utf8');
    await run('true', { resourceLimits: { openFiles: 20, cpuTime: 5000 }, nice: 5, cpuAffinity: ownCpus() });
    expect(fs.readFileSync(LIMITS, 'utf8')).toBe(before);
  });

  test('are for runSync() as well', () => {
    const { stdout } = runSync('cat', [LIMITS], { resourceLimits: { openFiles: 55 }, nice: 3 });
    expect(limitIn(stdout, 'Max open files')).toEqual(['55', '55']);
  });
});

test("with node, V8's own are flags", async () => {
  const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 6, stackSizeMb: 2 };
  // '-p' stands where the file is, and what follows is its argument.
  const { stdout } = await run('-p', ['process.execArgv.join()'], {
    node: true,
    nodeOptions: ['--no-warnings'],
    resourceLimits,
    ipc: false,
  });
  expect(stdout.split(',').slice(0, 4)).toEqual([
    '--no-warnings',
    '--max-old-space-size=64',
    '--max-semi-space-size=2',
    '--stack-size=1856',
  ]);
});

test('nice is what the child is, and this process stays what it is', async () => {
  const before = os.getPriority();
  const { stdout } = await run(process.execPath, ['-p', 'os.getPriority()'], { nice: 11 });
  expect(stdout).toBe('11');
  expect(os.getPriority()).toBe(before);
});

function ownCpus() {
  return cpusIn(fs.readFileSync('/proc/self/status', 'utf8'));
}

function cpusIn(status) {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)[1];
  return list.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

describeOnLinux('cpuAffinity', () => {
  test('names the CPUs that it may run on', async () => {
    const last = ownCpus().at(-1);
    const { stdout } = await run('cat', ['/proc/self/status'], { cpuAffinity: [last] });
    expect(cpusIn(stdout)).toEqual([last]);
  });

  test('none of which there is: EINVAL', async () => {
    await expect(run('true', { cpuAffinity: [8191] })).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

describe('what makes no sense is refused before anything is started', () => {
  test.each([
    [{ resourceLimits: 5 }, 'ERR_INVALID_ARG_TYPE', /options\.resourceLimits/],
    [{ resourceLimits: { openFile: 5 } }, 'ERR_INVALID_ARG_VALUE', /options\.resourceLimits\.openFile.*did you mean 'openFiles'/],
    [{ resourceLimits: { openFiles: -1 } }, 'ERR_OUT_OF_RANGE', /options\.resourceLimits\.openFiles/],
    [{ resourceLimits: { openFiles: 1.5 } }, 'ERR_OUT_OF_RANGE', /options\.resourceLimits\.openFiles/],
    [{ resourceLimits: { openFiles: '5' } }, 'ERR_INVALID_ARG_TYPE', /options\.resourceLimits\.openFiles/],
    [{ resourceLimits: { openFiles: { soft: 5, hard: 4 } } }, 'ERR_OUT_OF_RANGE', /options\.resourceLimits\.openFiles\.soft/],
    [{ resourceLimits: { openFiles: { hard: 4 } } }, 'ERR_INVALID_ARG_TYPE', /options\.resourceLimits\.openFiles\.soft/],
    [{ resourceLimits: { maxOldGenerationSizeMb: 64 } }, 'ERR_INVALID_ARG_VALUE', /node: true/],
    [{ resourceLimits: { codeRangeSizeMb: 64 }, node: true }, 'ERR_INVALID_ARG_VALUE', /codeRangeSizeMb/],
    [{ resourceLimits: { stackSizeMb: 0 }, node: true }, 'ERR_OUT_OF_RANGE', /options\.resourceLimits\.stackSizeMb/],
    [{ nice: 20 }, 'ERR_OUT_OF_RANGE', /options\.nice/],
    [{ nice: '1' }, 'ERR_INVALID_ARG_TYPE', /options\.nice/],
    [{ cpuAffinity: [] }, 'ERR_INVALID_ARG_VALUE', /options\.cpuAffinity/],
    [{ cpuAffinity: [8192] }, 'ERR_OUT_OF_RANGE', /options\.cpuAffinity\[0\]/],
    [{ cpuAffinity: 1 }, 'ERR_INVALID_ARG_TYPE', /options\.cpuAffinity/],
  ])('%p', (options, code, message) => {
    expect(() => run('true', options)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
