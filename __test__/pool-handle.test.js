'use strict';
// Sockets, servers, files and shared memory that go with tasks.

const { once } = require('node:events');
const fs = require('node:fs');
const { open: openFile } = require('node:fs/promises');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { SharedMemory } = require('../js/ipc');
const { begin, endPools, makePool, outcome, until, workerPids } = require('./lib/pools.js');

const filename = path.join(__dirname, 'fixtures/pool/bytes.js');
const open = (options) => makePool({ filename, ...options });
const onLinux = process.platform === 'linux' ? test : test.skip;

let folder;
const servers = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await endPools();
  fs.rmSync(folder, { recursive: true });
});

/** Two ends of a connection, and what the first one hears. */
async function connect() {
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  const [accepted] = await once(server, 'connection');
  let heard = '';
  client.setEncoding('utf8').on('data', (chunk) => (heard += chunk));
  const told = once(client, 'end').then(() => heard);
  return { client, accepted, told };
}

test('a connection moves to the worker, which serves it', async () => {
  const pool = open();
  const { client, accepted, told } = await connect();
  const pid = pool.run('hello', { name: 'serve', handle: accepted });
  client.end('world');
  expect(await told).toBe('hello world');
  expect(await pid).toBe(workerPids(pool)[0]);
  expect(accepted.destroyed).toBe(true);
});

test('many connections, to several workers, each to one', async () => {
  const pool = open({ minWorkers: 3, maxWorkers: 3 });
  const all = await Promise.all(Array.from({ length: 30 }, connect));
  const tasks = all.map(({ accepted }, i) => pool.run(`${i}`, { name: 'serve', handle: accepted }));
  for (const [i, { client }] of all.entries()) client.end(`from ${i}`);
  expect(await Promise.all(all.map(({ told }) => told))).toEqual(all.map((_, i) => `${i} from ${i}`));
  await Promise.all(tasks);
});

test('a server is shared', async () => {
  const pool = open();
  const server = net.createServer().listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const accepted = jest.fn((socket) => socket.end('from here'));
  server.on('connection', accepted);
  const task = pool.run(null, { name: 'listen', handle: server });
  // Whoever accepts it: until it was the worker once.
  let pid;
  task.then((result) => (pid = result));
  while (pid === undefined) {
    const client = net.connect(server.address().port, '127.0.0.1').setEncoding('utf8');
    let heard = '';
    for await (const chunk of client) heard += chunk;
    expect(heard).toMatch(/^from (here|the worker)$/);
    if (heard === 'from the worker') await task;
  }
  expect(server.listening).toBe(true);
});

test('a file and a descriptor', async () => {
  const pool = open();
  const file = path.join(folder, 'file');
  fs.writeFileSync(file, 'what is in it');
  const handle = await openFile(file);
  expect(await pool.run(null, { name: 'readFile', handle })).toBe('what is in it');
  await until(() => handle.fd === -1);
  const fd = fs.openSync(file, 'w');
  await pool.run('written there', { name: 'writeFd', handle: { fd } });
  expect(fs.readFileSync(file, 'utf8')).toBe('written there');
  expect(() => fs.fstatSync(fd)).toThrow('EBADF');
});

test('with keepOpen it stays open here as well', async () => {
  const pool = open();
  const fd = fs.openSync(path.join(folder, 'file'), 'w');
  await pool.run('x', { name: 'writeFd', handle: { fd }, keepOpen: true });
  fs.closeSync(fd);
});

test('beside bytes and in any order', async () => {
  const pool = open({ minWorkers: 2, maxWorkers: 2 });
  const file = path.join(folder, 'file');
  const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(i * 20_000));
  const results = texts.map((text, i) => {
    const fd = fs.openSync(`${file}${i}`, 'w');
    return [pool.run(text, { name: 'writeFd', handle: { fd } }), pool.run(Buffer.alloc(i * 20_000, i), { name: 'echo' })];
  });
  await Promise.all(results.flat());
  for (const [i, text] of texts.entries()) {
    expect(fs.readFileSync(`${file}${i}`, 'utf8')).toBe(text);
    expect(Buffer.alloc(i * 20_000, i).equals(await results[i][1])).toBe(true);
  }
});

describe('who has given a handle still has it', () => {
  test('when the task is given up before it began', async () => {
    const pool = open({ prefetch: 0 });
    const { begun, result } = begin(pool, 'hold', null);
    const pid = await begun;
    const { client, accepted, told } = await connect();
    const controller = new AbortController();
    const task = pool.run('x', { name: 'serve', handle: accepted, signal: controller.signal });
    controller.abort();
    await expect(task).rejects.toMatchObject({ code: 'ABORT_ERR' });
    expect(accepted.destroyed).toBe(false);
    accepted.end('still here');
    client.end();
    expect(await told).toBe('still here');
    process.kill(pid, 'SIGKILL');
    await outcome(result);
  });

  test('when the pool does not take the task', async () => {
    const pool = open({ maxQueue: 0, maxWorkers: 1 });
    const { begun, result } = begin(pool, 'hold', null);
    const pid = await begun;
    const fd = fs.openSync('/dev/null');
    await expect(pool.run('x', { name: 'writeFd', handle: { fd } })).rejects.toMatchObject({ code: 'ERR_PROCS_QUEUE_FULL' });
    process.kill(pid, 'SIGKILL');
    await outcome(result);
    await pool.destroy();
    await expect(pool.run('x', { name: 'writeFd', handle: { fd } })).rejects.toMatchObject({ code: 'ERR_PROCS_POOL_CLOSED' });
    fs.closeSync(fd);
  });

  test('and it is none that could be sent', async () => {
    const pool = open();
    await expect(pool.run('x', { handle: {} })).rejects.toMatchObject({ code: 'ERR_INVALID_HANDLE_TYPE' });
    await expect(pool.run('x', { handle: { fd: 100_000 } })).rejects.toMatchObject({ code: 'EBADF' });
    expect(await pool.run('x', { name: 'echo' })).toBe('x');
  });
});

test('a task that its worker has not begun takes its handle to the next', async () => {
  const pool = open({ prefetch: 4 });
  const { begun, result } = begin(pool, 'hold', null);
  const pid = await begun;
  const { client, accepted, told } = await connect();
  const task = pool.run('hello', { name: 'serve', handle: accepted });
  process.kill(pid, 'SIGKILL');
  expect(await outcome(result)).toMatchObject({ reason: 'signal' });
  client.end('world');
  expect(await told).toBe('hello world');
  await task;
});

onLinux('a worker without room for a descriptor says so', async () => {
  const pool = open({ resourceLimits: { openFiles: 64 } });
  // What tells of errors is loaded by then.
  await expect(pool.run(null, { name: 'fail' })).rejects.toThrow('as it should');
  let fd;
  let told = {};
  // As long as it has a ring or a slab under way, one or the other becomes free behind its back.
  while (told.error === undefined) {
    expect(await pool.run(null, { name: 'fill' })).toBe('EMFILE');
    fd = fs.openSync('/dev/null', 'w');
    told = await outcome(pool.run('x', { name: 'writeFd', handle: { fd } }));
  }
  expect(told).toMatchObject({ code: 'ERR_PROCS_IPC_HANDLE_LOST' });
  fs.fstatSync(fd);
  await pool.run(null, { name: 'free' });
  await pool.run('x', { name: 'writeFd', handle: { fd } });
  expect(() => fs.fstatSync(fd)).toThrow('EBADF');
});

onLinux('shared memory goes both ways', async () => {
  const pool = open();
  const memory = SharedMemory.create({ size: 4096 });
  for (let i = 1; i <= 3; i++) {
    expect(await pool.run({ memory }, { name: 'shared' })).toBe(1024);
    expect(new Int32Array(memory.buffer)[0]).toBe(i);
  }
  memory.close();
  const { memory: theirs } = await pool.run(null, { name: 'makeShared' });
  expect(new Int32Array(theirs.buffer)[0]).toBe(42);
  theirs.close();
});

onLinux('no descriptor is left over, here or there', async () => {
  const pool = open();
  const count = () => fs.readdirSync('/proc/self/fd').length;
  const round = async () => {
    const fds = Array.from({ length: 20 }, () => fs.openSync('/dev/null', 'w'));
    await Promise.all(fds.map((fd) => pool.run('x', { name: 'writeFd', handle: { fd } })));
  };
  await round();
  const before = [count(), await pool.run(null, { name: 'descriptors' })];
  for (let i = 0; i < 5; i++) await round();
  expect([count(), await pool.run(null, { name: 'descriptors' })]).toEqual(before);
});
