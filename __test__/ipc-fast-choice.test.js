'use strict';
// When `transport: 'fast'` is in use, when Node's own is, and how one can tell.

const path = require('node:path');
const { once } = require('node:events');
const { fork, run } = require('..');
const { cleanEnv } = require('./lib/run-node.js');

const ECHO = path.join(__dirname, 'fixtures/ipc-peers/echo.js');

/** What it goes through once the child has said something, the answer to a message, and what the child complains of. */
async function talk(options) {
  const child = fork(ECHO, { silent: true, env: cleanEnv(), ...options });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text;
  });
  child.send({ hello: 1 });
  const [message] = await once(child, 'message');
  const { transport } = child.channel;
  const ended = [once(child, 'exit'), once(child.stderr, 'close')];
  child.disconnect();
  const [[code]] = await Promise.all(ended);
  return { message, transport, code, complaints };
}

const FINE = { message: { hello: 1 }, code: 0 };
const ring = process.platform === 'linux' ? 'ring' : 'socket';

test('by default it is a socket', async () => {
  expect(await talk({})).toEqual({ ...FINE, transport: 'socket', complaints: '' });
});

test.each(['json', 'advanced'])('a ring in shared memory, %s', async (serialization) => {
  expect(await talk({ transport: 'fast', serialization })).toEqual({ ...FINE, transport: ring, complaints: '' });
});

test('the channel on another descriptor, with streams behind it', async () => {
  const stdio = ['ignore', 'ignore', 'pipe', 'ignore', 'ipc', 'pipe'];
  expect(await talk({ transport: 'fast', stdio })).toEqual({ ...FINE, transport: ring, complaints: '' });
});

test('where addons are not allowed, Node itself is at the other end, and the child says why', async () => {
  const seen = await talk({ transport: 'fast', execArgv: ['--no-addons'] });
  expect(seen).toMatchObject({ ...FINE, transport: 'socket' });
  expect(seen.complaints).toMatch(/\[PROCS_FALLBACK\] Warning: transport: 'fast' cannot be had, so the channel is Node's own: .*addon/);
});

const permission = Number.parseInt(process.versions.node, 10) >= 24 ? '--permission' : '--experimental-permission';

test.each([
  ['a flag', { execArgv: [permission, '--allow-fs-read=*', '--no-warnings'] }],
  ['NODE_OPTIONS', { env: cleanEnv({ NODE_OPTIONS: `${permission} --allow-fs-read=* --no-warnings` }) }],
])("under the permission model, by %s, the child is left to Node's own code", async (_name, options) => {
  expect(await talk({ transport: 'fast', ...options })).toEqual({ ...FINE, transport: 'socket', complaints: '' });
});

test('run() of a script takes it as well', async () => {
  const subprocess = run(ECHO, [], { node: true, transport: 'fast' });
  subprocess.send(new Map([[1, 2]]));
  expect((await once(subprocess, 'message'))[0]).toEqual(new Map([[1, 2]]));
  expect(subprocess.channel.transport).toBe(ring);
  subprocess.disconnect();
  expect(await subprocess).toMatchObject({ exitCode: 0 });
});

test('what it cannot be is refused before anything is started', () => {
  const code = 'ERR_INVALID_ARG_VALUE';
  expect(() => fork(ECHO, { transport: 'slow' })).toThrow(expect.objectContaining({ code }));
  expect(() => fork(ECHO, { transport: 'fast', serialization: 'structured' })).toThrow(expect.objectContaining({ code }));
  expect(() => run(ECHO, [], { node: true, transport: 'slow' })).toThrow(expect.objectContaining({ code }));
  expect(() => run('cat', [], { transport: 'fast' })).toThrow(/needs node: true/);
  expect(() => run(ECHO, [], { node: true, transport: 'fast', ipc: false })).toThrow(expect.objectContaining({ code }));
});

test('a program that cannot be started leaves no descriptor behind', async () => {
  const { descriptors } = require('./lib/descriptors.js');
  await talk({ transport: 'fast' });
  const before = descriptors();
  const child = fork(ECHO, { transport: 'fast', execPath: '/no/such/node', silent: true });
  const [error] = await once(child, 'error');
  expect(error.code).toBe('ENOENT');
  if (child.connected) await once(child, 'disconnect');
  await new Promise(setImmediate);
  const argument = {
    toString() {
      throw new Error('no argument');
    },
  };
  expect(() => fork(ECHO, [argument], { transport: 'fast' })).toThrow('no argument');
  expect(descriptors().filter((one) => !before.includes(one))).toEqual([]);
});
