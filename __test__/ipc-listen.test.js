'use strict';
// Channels between processes that are no relations.

const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { connect, listen } = require('../js/ipc');
const { run } = require('..');
const { Collected, failure } = require('./lib/channels.js');

const fixture = (name) => path.join(__dirname, 'fixtures/ipc-channel', name);
const isLinux = process.platform === 'linux';

let folder;
let left;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-listen-'));
  left = [];
});

afterEach(async () => {
  for (const one of left) await (one[Symbol.asyncDispose] ? one[Symbol.asyncDispose]() : one.close());
  fs.rmSync(folder, { recursive: true });
});

function listening(address, options, onChannel) {
  const listener = listen(address, options, onChannel);
  left.push(listener);
  return listener;
}

async function connected(address, options) {
  const channel = await connect(address, options);
  left.push(channel);
  return channel;
}

function echo(channel) {
  channel.on('message', (message) => channel.send(message));
  channel.onRequest((message) => message);
}

const addresses = () => [path.join(folder, 'a.sock'), ...(isLinux ? [{ name: `procs-test-${process.pid}` }] : [])];

test('by a path and by a name: messages, requests, and who is there', async () => {
  for (const address of addresses()) {
    const listener = listening(address, echo);
    expect(listener.address).toEqual(typeof address === 'string' ? { path: address } : address);
    const channel = await connected(address);
    const inbox = new Collected(channel);
    await channel.send(new Set([1]));
    expect(await inbox.take(1)).toEqual([new Set([1])]);
    expect(await channel.request('question')).toBe('question');
    expect(channel.peer).toMatchObject({ protocol: 'procs', version: 1, pid: process.pid });
    const [accepted] = listener.channels;
    expect(accepted.peer).toMatchObject({ pid: process.pid, uid: process.getuid(), gid: process.getgid() });
    const gone = once(accepted, 'close');
    await channel.close();
    expect([await gone, listener.channels.size]).toEqual([[null], 0]);
  }
});

test('another process, and many of them', async () => {
  const address = path.join(folder, 'many.sock');
  const listener = listening(address, (channel) => channel.onRequest(async (n) => n * 2));
  const clients = Array.from({ length: 4 }, (_, i) => run(process.execPath, [fixture('connects.js'), address, i]));
  expect((await Promise.all(clients)).map(({ stdout }) => stdout)).toEqual(['0', '2', '4', '6']);
  expect(listener.listening).toBe(true);
});

test('what is handled in the callback misses nothing that was sent at once', async () => {
  const address = path.join(folder, 'early.sock');
  const heard = new Promise((resolve) => {
    listening(address, (channel) => {
      const messages = [];
      channel.on('message', (message) => messages.push(message) === 3 && resolve(messages));
    });
  });
  const channel = await connected(address);
  for (const message of [1, 2, 3]) channel.send(message);
  expect(await heard).toEqual([1, 2, 3]);
});

describe('the socket file', () => {
  test('is this user’s alone, and goes with the listener', async () => {
    const address = path.join(folder, 'mode.sock');
    const umask = process.umask(0);
    const listener = listening(address);
    process.umask(umask);
    expect(fs.statSync(address).mode & 0o777).toBe(0o600);
    listener.close();
    expect(fs.existsSync(address)).toBe(false);
    expect((await failure(connect(address))).code).toBe('ENOENT');
  });

  test('goes with the process', async () => {
    const address = path.join(folder, 'exit.sock');
    const { stdout } = await run(process.execPath, [fixture('listens-and-exits.js'), address]);
    expect(stdout).toBe('true');
    expect(fs.existsSync(address)).toBe(false);
  });

  test('of somebody who listens is his; one that was left behind is replaced', async () => {
    const address = path.join(folder, 'left.sock');
    const listener = listening(address, echo);
    expect(() => listen(address)).toThrow(
      expect.objectContaining({
        code: 'EADDRINUSE',
        syscall: 'listen',
        address,
        message: `listen EADDRINUSE: address already in use ${address}`,
      }),
    );
    listener.close();
    await run('sh', ['-c', `"$0" "$1" "$2" & wait`, process.execPath, fixture('listens-and-dies.js'), address], { reject: false });
    expect(fs.existsSync(address)).toBe(true);
    expect((await failure(connect(address))).code).toBe('ECONNREFUSED');
    listening(address, echo);
    expect(await (await connected(address)).request('new')).toBe('new');
  });

  test('is nothing else', () => {
    const address = path.join(folder, 'file');
    fs.writeFileSync(address, 'precious');
    expect(() => listen(address)).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
    expect(fs.readFileSync(address, 'utf8')).toBe('precious');
    expect(() => listen(path.join(folder, 'missing/a.sock'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => listen(path.join(folder, 'x'.repeat(200)))).toThrow(expect.objectContaining({ code: 'ENAMETOOLONG' }));
  });
});

describe('who may', () => {
  const isRoot = process.getuid() === 0;

  (isRoot && isLinux ? test : test.skip)('other users are refused, unless they are named', async () => {
    const name = `procs-uids-${process.pid}`;
    const refused = listening({ name });
    const told = once(refused, 'refuse');
    const options = { uid: 12_345, reject: false };
    const first = await run(process.execPath, [fixture('connects.js'), `@${name}`, 1], options);
    expect([(await told)[0].uid, first.exitCode]).toEqual([12_345, 1]);
    refused.close();
    listening({ name }, { allowUids: [12_345] }, (channel) => channel.onRequest((n) => [n, channel.peer.uid]));
    const second = await run(process.execPath, [fixture('connects.js'), `@${name}`, 1], options);
    expect(second.stdout).toBe('1,12345');
  });
});

describe('the other end', () => {
  const serving = (onSocket) =>
    new Promise((resolve) => {
      const address = path.join(folder, 'raw.sock');
      const server = net.createServer(onSocket).listen(address, () => resolve(address));
      left.push({ [Symbol.asyncDispose]: () => new Promise((done) => server.close(done)) });
    });

  test.each([
    ['says something else', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'ERR_PROCS_IPC_VERSION'],
    ['has another version', 'H:{"protocol":"procs","version":2,"pid":1}\n', 'ERR_PROCS_IPC_VERSION'],
    ['hangs up', '', 'ERR_PROCS_IPC_CLOSED'],
  ])('%s: %j', async (_what, words, code) => {
    const address = await serving((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end(words),
    );
    const error = await failure(connect(address));
    expect(code === 'ERR_PROCS_IPC_VERSION' ? /VERSION|GARBAGE/.test(error.code) : error.code === code).toBe(true);
  });

  test('says nothing, until the timeout, or an abort', async () => {
    const address = await serving((socket) => socket.on('error', () => {}).resume());
    expect((await failure(connect(address, { connectTimeout: 50 }))).code).toBe('ERR_PROCS_IPC_TIMEOUT');
    const controller = new AbortController();
    const attempt = failure(connect(address, { signal: controller.signal }));
    controller.abort();
    expect((await attempt).code).toBe('ABORT_ERR');
    expect((await failure(connect(address, { signal: AbortSignal.abort() }))).code).toBe('ABORT_ERR');
  });

  test('of a listener: who says nothing is let go of, and never seen', async () => {
    const address = path.join(folder, 'quiet.sock');
    let seen = 0;
    const listener = listening(address, { helloTimeout: 50 }, () => seen++);
    const socket = net.connect(address).resume();
    await once(socket, 'close');
    const garbage = net.connect(address).resume();
    garbage.on('error', () => {});
    garbage.write('GET / HTTP/1.1\r\n\r\n');
    await once(garbage, 'close');
    expect(seen).toBe(0);
    const there = once(listener, 'channel');
    while (seen === 0) {
      // Who has no CPU for as long as that is let go of as well.
      const channel = await connected(address).catch(() => undefined);
      if (channel) await Promise.race([there, once(channel, 'close')]);
    }
    expect(seen).toBe(1);
  });
});

test('wrong arguments are refused', async () => {
  const code = (call) => {
    try {
      const result = call();
      return result?.catch?.((error) => error.code) ?? result;
    } catch (error) {
      return error.code;
    }
  };
  const calls = [
    () => listen(),
    () => listen(5),
    () => listen(''),
    () => listen('a\0b'),
    () => listen({}),
    () => listen({ path: 'a', name: 'b' }),
    () => listen({ name: '' }),
    () => listen({ name: 5 }),
    () => listen('x', 5),
    () => listen('x', {}, 5),
    () => listen('x', { allowUids: [-1] }),
    () => listen('x', { backlog: 0 }),
    () => listen('x', { other: 1 }),
    () => connect({}),
    () => connect('x', { connectTimeout: -1 }),
    () => connect('x', { signal: 5 }),
  ];
  expect(await Promise.all(calls.map(code))).toEqual([
    'ERR_INVALID_ARG_TYPE',
    'ERR_INVALID_ARG_TYPE',
    'ERR_INVALID_ARG_VALUE',
    'ERR_INVALID_ARG_VALUE',
    'ERR_INVALID_ARG_VALUE',
    'ERR_INVALID_ARG_VALUE',
    'ERR_INVALID_ARG_VALUE',
    'ERR_INVALID_ARG_TYPE',
    'ERR_INVALID_ARG_TYPE',
    'ERR_INVALID_ARG_TYPE',
    'ERR_OUT_OF_RANGE',
    'ERR_OUT_OF_RANGE',
    'ERR_INVALID_ARG_VALUE',
    'ERR_INVALID_ARG_VALUE',
    'ERR_OUT_OF_RANGE',
    'ERR_INVALID_ARG_TYPE',
  ]);
});

test('what keeps a process running: a listener, a connection somebody listens at, and nothing else', async () => {
  const { stdout } = await run(process.execPath, [fixture('listens-idle.js'), path.join(folder, 'idle.sock')], { timeout: 20_000 });
  expect(stdout).toBe('ended by itself');
});

test('out of descriptors: who comes is turned away, and the listener goes on', async () => {
  const { stdout } = await run('sh', [
    '-c',
    'ulimit -n 64 && exec "$0" "$1" "$2"',
    process.execPath,
    fixture('listens-without-fds.js'),
    path.join(folder, 'few.sock'),
  ]);
  expect(JSON.parse(stdout)).toEqual({ dropped: 'EMFILE', answer: 'after it' });
});
