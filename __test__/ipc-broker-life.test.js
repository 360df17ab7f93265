'use strict';
// Where a broker listens, who may connect, and how it ends.

const { execFile, fork } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { once } = require('node:events');
const { Worker } = require('node:worker_threads');
const { connectBroker, createBroker } = require('../js/ipc');
const { closeAll, connectRaw, freePath, startBroker } = require('./lib/broker.js');
const { runFixture } = require('./lib/fixture.js');

afterEach(closeAll);

const fixture = (name) => path.join(__dirname, 'fixtures/ipc-broker', name);
const onLinux = process.platform === 'linux' ? test : test.skip;
const asRoot = process.getuid() === 0 ? test : test.skip;

test('a socket file is for this user alone, and goes with the broker', async () => {
  const file = freePath();
  const broker = createBroker({ path: file });
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(() => createBroker({ path: file })).toThrow(expect.objectContaining({ code: 'EADDRINUSE', syscall: 'listen', address: file }));
  await (await connectBroker({ path: file })).close();
  await broker.close();
  expect(fs.existsSync(file)).toBe(false);
});

test('a socket that was left behind is replaced; what is no socket, or not ours any more, stays', async () => {
  const stale = freePath();
  const crash = `require('${path.join(__dirname, '../js/ipc')}').createBroker({ path: process.argv[1] }); process.kill(process.pid, 'SIGKILL')`;
  await new Promise((resolve) => execFile(process.execPath, ['-e', crash, stale], resolve));
  expect(fs.existsSync(stale)).toBe(true);
  const broker = createBroker({ path: stale });
  await connectBroker(broker.address);
  fs.unlinkSync(stale);
  const other = createBroker({ path: stale });
  await broker.close();
  expect(fs.existsSync(stale)).toBe(true);
  await other.close();

  const file = freePath();
  fs.writeFileSync(file, 'precious');
  expect(() => createBroker({ path: file })).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
  expect(fs.readFileSync(file, 'utf8')).toBe('precious');
  expect(() => createBroker({ path: path.join(file, 'x') })).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  expect(() => createBroker({ path: `/${'x'.repeat(200)}` })).toThrow(expect.objectContaining({ code: 'ENAMETOOLONG' }));
});

onLinux('an abstract name', async () => {
  const name = `procs-test-${process.pid}`;
  const broker = createBroker({ name });
  expect(broker.address).toBe(`@${name}`);
  expect(() => createBroker({ name })).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
  const client = await connectBroker({ name });
  await client.publish('a', 1, { ack: true });
  await broker.close();
  await expect(connectBroker(`@${name}`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

asRoot('another user is refused, and told so, unless he is allowed', async () => {
  const ask = (broker) =>
    new Promise((resolve) => {
      execFile(process.execPath, [fixture('nobody.js'), broker.address, '65534'], (_, stdout, stderr) => resolve(stdout.trim() || stderr));
    });
  const broker = createBroker();
  expect(await ask(broker)).toBe('"ERR_PROCS_BROKER_REFUSED"');
  expect(broker.stats()).toMatchObject({ clients: 0, refused: 1 });
  await broker.close();
  const open = createBroker({ allowUids: [65534] });
  expect(await ask(open)).toBe('"connected"');
  await open.close();
  const file = startBroker();
  expect(await ask(file)).toBe('"EACCES"');
});

test('more clients than there may be', async () => {
  const broker = startBroker({ maxClients: 2 });
  const [a] = await Promise.all([broker.connect(), broker.connect()]);
  await expect(broker.connect()).rejects.toMatchObject({ code: 'ERR_PROCS_BROKER_FULL' });
  await a.close();
  await broker.connect();
  expect(broker.stats()).toMatchObject({ clients: 2, refused: 1 });
});

onLinux('out of descriptors: those that come are told, and later there is room again', async () => {
  const child = fork(fixture('out-of-fds.js'), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [address] = await once(child, 'message');
  const first = await connectBroker(address);
  child.send('fill');
  await once(child, 'message');
  await expect(connectBroker(address)).rejects.toMatchObject({ code: 'ERR_PROCS_BROKER_FULL' });
  await first.publish('a', 1, { ack: true });
  child.send('release');
  await once(child, 'message');
  const second = await connectBroker(address);
  await Promise.all([first.close(), second.close()]);
  child.kill();
  await once(child, 'exit');
});

test('close() hands over what waits, says why, and is over when it says so', async () => {
  const broker = startBroker();
  const raw = connectRaw(broker);
  raw.send('B1=#:\n');
  await raw.line(/^K1/);
  const client = await broker.connect();
  const closed = once(client, 'close');
  for (let i = 0; i < 100; i++) client.publish('a', i);
  await client.publish('a', 'last', { ack: true });
  const told = once(broker, 'close');
  await Promise.all([broker.close(), broker.close()]);
  expect(broker.isClosed).toBe(true);
  expect(await told).toEqual([null]);
  expect(await raw.goodbye()).toMatchObject({ code: 'ERR_PROCS_BROKER_CLOSED' });
  expect(raw.of('V')).toHaveLength(101);
  expect((await closed)[0].code).toBe('ERR_PROCS_BROKER_CLOSED');
  await broker[Symbol.asyncDispose ?? 'close']();
  expect(broker.stats()).toMatchObject({ clients: 0, published: 101 });
});

onLinux('there is nothing of it before and after, and it does not hold the process up', async () => {
  expect(await runFixture('ipc-broker/threads')).toEqual({ during: 1, after: 0, left: [] });
});

test('ref: true does', async () => {
  const script = `const b = require('${path.join(__dirname, '../js/ipc')}').createBroker({ ref: true }); console.log(b.address); setTimeout(() => b.unref(), 200).unref()`;
  const started = Date.now();
  await new Promise((resolve) => execFile(process.execPath, ['-e', script], resolve));
  expect(Date.now() - started).toBeGreaterThanOrEqual(200);
});

test.each(['terminate', 'exit', 'throw', 'busy'])("a Worker's broker ends with the Worker: %s", async (how) => {
  const file = freePath();
  const worker = new Worker(fixture('worker.js'), { workerData: { options: { path: file } } });
  worker.on('error', () => {});
  // Not by once(), which fails with the error.
  const exited = new Promise((resolve) => worker.on('exit', resolve));
  const [address] = await once(worker, 'message');
  const client = await connectBroker(address);
  const closed = once(client, 'close');
  if (how !== 'terminate') worker.postMessage(how);
  if (how === 'busy') await client.publish('a', 1, { ack: true });
  if (how === 'terminate' || how === 'busy') worker.terminate();
  await exited;
  expect((await closed)[0].code).toBe('ERR_PROCS_BROKER_CLOSED');
  expect(fs.existsSync(file)).toBe(false);
});

test.each(['process.exit(3)', "throw new Error('crash')", 'setTimeout(() => {}, 10)'])(
  "a process's broker ends with it: %s",
  async (end) => {
    const file = freePath();
    const script = `require('${path.join(__dirname, '../js/ipc')}').createBroker({ path: process.argv[1] }); ${end}`;
    await new Promise((resolve) => execFile(process.execPath, ['-e', script, file], resolve));
    expect(fs.existsSync(file)).toBe(false);
  },
);

test('who listens there is no broker', async () => {
  const file = freePath();
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const answers = ['', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'H:{"protocol":"procs","version":1}\n'];
  for (const [answer, code, timeout] of [
    [answers[0], 'ERR_PROCS_IPC_TIMEOUT', 50],
    [answers[1], 'ERR_PROCS_IPC_GARBAGE', 60_000],
    [answers[2], 'ERR_PROCS_IPC_PROTOCOL', 60_000],
  ]) {
    const server = net.createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .write(answer),
    );
    await new Promise((resolve) => server.listen(file, resolve));
    await expect(connectBroker(file, { timeout })).rejects.toMatchObject({ code });
    await new Promise((resolve) => server.close(resolve));
  }
});

test.each([
  [{ maxQueued: 0 }, 'ERR_OUT_OF_RANGE'],
  [{ maxQueued: '1' }, 'ERR_INVALID_ARG_TYPE'],
  [{ maxQueuedBytes: 1.5 }, 'ERR_OUT_OF_RANGE'],
  [{ overflow: 'block' }, 'ERR_INVALID_ARG_VALUE'],
  [{ allowUids: [-1] }, 'ERR_OUT_OF_RANGE'],
  [{ allowUids: 0 }, 'ERR_INVALID_ARG_TYPE'],
  [{ path: '' }, 'ERR_INVALID_ARG_VALUE'],
  [{ name: 'x', path: 'y' }, 'ERR_INVALID_ARG_VALUE'],
  [{ ref: 1 }, 'ERR_INVALID_ARG_TYPE'],
  [{ maxQueue: 5 }, 'ERR_INVALID_ARG_VALUE'],
  [7, 'ERR_INVALID_ARG_TYPE'],
])('options %j are refused', (options, code) => {
  expect(() => createBroker(options)).toThrow(expect.objectContaining({ code }));
});
