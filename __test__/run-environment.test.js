'use strict';
// What the child finds around it: variables, programs, its directory, its Node.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { run, $ } = require('..');

const ENV = '/usr/bin/env';
let folder;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'run-environment-'));
  Object.assign(process.env, { RUN_A: 'a', RUN_B: 'b', RUN_SECRET: 's' });
});

afterEach(() => {
  for (const name of ['RUN_A', 'RUN_B', 'RUN_SECRET']) delete process.env[name];
  fs.rmSync(folder, { recursive: true });
});

/** The child's variables, as an object. */
async function seen(options) {
  const { stdout } = await run(ENV, { ...options, lines: true });
  return Object.fromEntries(stdout.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

function program(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

describe('env', () => {
  test('without it the child has what this process has', async () => {
    expect(await seen()).toMatchObject({ RUN_A: 'a', RUN_B: 'b' });
  });

  test('is set over what this process has, and undefined takes away', async () => {
    const variables = await seen({ env: { RUN_A: 'mine', RUN_B: undefined, RUN_N: 5 } });
    expect(variables).toMatchObject({ RUN_A: 'mine', RUN_N: '5', RUN_SECRET: 's' });
    expect(variables).not.toHaveProperty('RUN_B');
  });

  test('extendEnv: false is this, and nothing else', async () => {
    expect(await seen({ env: { ONLY: '1' }, extendEnv: false })).toEqual({ ONLY: '1' });
    expect(await seen({ extendEnv: false })).toEqual({});
  });

  test('envAllow lets names and prefixes through', async () => {
    expect(await seen({ envAllow: ['RUN_A', 'RUN_S*'] })).toEqual({ RUN_A: 'a', RUN_SECRET: 's' });
  });

  test('envDeny keeps names and prefixes back', async () => {
    const variables = await seen({ envDeny: ['RUN_S*', 'RUN_B'] });
    expect(variables).toMatchObject({ RUN_A: 'a', PATH: process.env.PATH });
    expect(Object.keys(variables)).toEqual(expect.not.arrayContaining(['RUN_B', 'RUN_SECRET']));
  });

  test('envDeny counts after envAllow, and env after both', async () => {
    expect(await seen({ envAllow: ['RUN_*'], envDeny: ['RUN_SECRET', 'RUN_B'], env: { RUN_B: 'set' } })).toEqual({
      RUN_A: 'a',
      RUN_B: 'set',
    });
  });

  test('"*" is everything', async () => {
    expect(await seen({ envDeny: ['*'] })).toEqual({});
  });

  test('what was added to Object.prototype is not among them', async () => {
    Object.prototype.POLLUTED = 'yes';
    try {
      expect(Object.keys(await seen({ env: { RUN_N: '1' } }))).not.toContain('POLLUTED');
    } finally {
      delete Object.prototype.POLLUTED;
    }
  });
});

describe('preferLocal', () => {
  test('finds the programs of the project, from cwd upwards', async () => {
    program(path.join(folder, 'node_modules/.bin/only-here'), 'echo found');
    fs.mkdirSync(path.join(folder, 'a/b'), { recursive: true });
    const { stdout } = await run('only-here', { preferLocal: true, cwd: path.join(folder, 'a/b') });
    expect(stdout).toBe('found');
    await expect(run('only-here', { cwd: folder })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('before those of the system, and the nearest first', async () => {
    program(path.join(folder, 'node_modules/.bin/date'), 'echo far');
    program(path.join(folder, 'a/node_modules/.bin/date'), 'echo near');
    expect((await run('date', { preferLocal: true, localDir: path.join(folder, 'a') })).stdout).toBe('near');
    expect((await run('date', { preferLocal: true, localDir: pathToFileURL(folder) })).stdout).toBe('far');
  });

  test('of folders that are named', async () => {
    program(path.join(folder, 'x/node_modules/.bin/only-x'), 'echo x');
    expect((await run('only-x', { preferLocal: [folder, path.join(folder, 'x')] })).stdout).toBe('x');
    expect((await run('only-x', { preferLocal: 'x', cwd: folder })).stdout).toBe('x');
  });

  test('is the default of $', async () => {
    program(path.join(folder, 'node_modules/.bin/only-here'), 'echo found');
    expect((await $({ cwd: folder })`only-here`).stdout).toBe('found');
    await expect($({ cwd: folder, preferLocal: false })`only-here`).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('leaves the rest of PATH as it was, and names nothing twice', async () => {
    const { PATH } = await seen({ preferLocal: true, cwd: folder, env: { PATH: `/bin:${folder}/node_modules/.bin` } });
    const entries = PATH.split(':');
    expect(entries.slice(-2)).toEqual(['/bin', `${folder}/node_modules/.bin`]);
    expect(new Set(entries).size).toBe(entries.length);
  });
});

describe('cwd', () => {
  test.each([
    ['a string', (there) => there],
    ['a URL', (there) => pathToFileURL(there)],
    ['bytes', (there) => Buffer.from(there)],
    ['relative', (there) => path.relative(process.cwd(), there)],
  ])('%s', async (_, form) => {
    const real = fs.realpathSync(folder);
    const result = await run('pwd', { cwd: form(real) });
    expect([result.stdout, result.cwd]).toEqual([real, real]);
  });

  test('without it, that of this process', async () => {
    expect((await run('pwd')).cwd).toBe(process.cwd());
  });

  test('programs with a path are found from there', async () => {
    program(path.join(folder, 'tool'), 'echo tool');
    expect((await run('./tool', { cwd: folder })).stdout).toBe('tool');
  });
});

describe('node', () => {
  const hello = path.join(__dirname, 'fixtures/run-says-hello.js');

  test('runs a script', async () => {
    expect((await run(hello, ['a b'], { node: true })).stdout).toBe('hello a b');
    expect((await run(pathToFileURL(hello), { node: true })).stdout).toBe('hello');
  });

  test('with flags', async () => {
    const script = path.join(folder, 'flags.js');
    fs.writeFileSync(script, 'console.log(process.execArgv.join())');
    expect((await run(script, { node: true, nodeOptions: ['--no-warnings', '--stack-size=900'] })).stdout).toBe(
      '--no-warnings,--stack-size=900',
    );
  });

  test('in a Node that is named, from cwd, and which its children find too', async () => {
    program(path.join(folder, 'bin/node'), 'echo "my node: $1"');
    fs.writeFileSync(path.join(folder, 'x.js'), '');
    expect((await run('x.js', { node: true, nodePath: 'bin/node', nodeOptions: [], cwd: folder, ipc: false })).stdout).toBe(
      'my node: x.js',
    );
    const script = path.join(folder, 'path.js');
    fs.writeFileSync(script, 'console.log(process.env.PATH.split(":")[0])');
    const { stdout } = await run(script, { node: true, env: { PATH: '/bin' } });
    expect(stdout).toBe(path.dirname(process.execPath));
  });

  test('has a channel', async () => {
    const script = path.join(folder, 'echo.js');
    fs.writeFileSync(script, 'process.once("message", (m) => process.send(new Map([[1, m]]), () => process.disconnect()))');
    const worker = run(script, { node: true, ipcInput: 'hi' });
    const answers = [];
    worker.on('message', (message) => answers.push(message));
    await worker;
    expect(answers).toEqual([new Map([[1, 'hi']])]);
  });
});

describe('shell', () => {
  test('true is /bin/sh', async () => {
    expect((await run('echo $0 | cat', { shell: true })).stdout).toBe('/bin/sh');
  });

  test('another one', async () => {
    expect((await run('echo ${BASH_VERSION:+bash}', { shell: '/bin/bash' })).stdout).toBe('bash');
  });

  test('arguments are joined, and not quoted', async () => {
    expect((await run('echo', ['a   b', '$((1+1))'], { shell: true })).stdout).toBe('a b 2');
  });
});

test('argv0', async () => {
  expect((await run('sh', ['-c', 'echo $0'], { argv0: 'x' })).stdout).toBe('x');
});

test('uid and gid', async () => {
  const { stdout } = await run('id', ['-u'], { uid: process.getuid(), gid: process.getgid() });
  expect(stdout).toBe(String(process.getuid()));
});
