'use strict';
// The ring in shared memory that a channel turns to when there is traffic: nothing is lost or out of order on the way there, with handles, at its end,
// and where there can be none.

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { execFile } = require('node:child_process');
const { once } = require('node:events');
const { spawn } = require('../js');
const { descriptors } = require('./lib/descriptors.js');
const { fixtures, runForJson, runNode } = require('./lib/run-node.js');

const folder = path.join(fixtures, 'ipc-ring');
const PEER = path.join(folder, 'peer.js');
const RING = process.platform === 'linux' ? 'ring' : 'socket';
const onLinux = process.platform === 'linux' ? test : test.skip;

function start() {
  const child = spawn(process.execPath, [PEER], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], serialization: 'structured' });
  child.stdout.resume();
  const exited = new Promise((resolve) => child.once('exit', (...how) => resolve(how)));
  // Its exit, the end of its output, and of its channel.
  const closed = new Promise((resolve) => child.once('close', resolve));
  return { child, exited, closed };
}

/** The next `count` messages, with their handles. */
function messages(child, count) {
  return new Promise((resolve) => {
    const got = [];
    const take = (message, handle) => {
      got.push(handle === undefined ? message : [message, handle]);
      if (got.length < count) return;
      child.off('message', take);
      resolve(got);
    };
    child.on('message', take);
  });
}

async function ask(child, message) {
  const answer = messages(child, 1);
  child.send(message);
  return (await answer)[0];
}

async function end({ child, exited }) {
  child.disconnect();
  expect(await exited).toEqual([0, null]);
}

/** 0, 1, 2 … without a gap. */
function expectInOrder(got) {
  const wrong = got.findIndex(({ number }, index) => number !== index);
  expect(wrong === -1 ? null : [wrong, got[wrong].number]).toBe(null);
}

test('a channel turns to it with some traffic, and not before', async () => {
  const peer = start();
  expect(await ask(peer.child, { do: 'transport' })).toEqual({ transport: 'socket' });
  expect(peer.child.channel.transport).toBe('socket');
  for (let i = 0; i < 20; i++) expect(await ask(peer.child, { do: 'echo', echo: i })).toEqual({ echo: i });
  expect(await ask(peer.child, { do: 'transport' })).toEqual({ transport: RING });
  expect(peer.child.channel.transport).toBe(RING);
  await end(peer);
});

test('both ways at once, while the ends turn: every message, in order', async () => {
  const peer = start();
  const count = 20_000;
  const all = messages(peer.child, 2 * count);
  peer.child.send({ do: 'flood', count });
  for (let number = 0; number < count; number++) peer.child.send({ do: 'echo', echo: number });
  const got = await all;
  expectInOrder(got.filter(({ echo }) => echo === undefined));
  expectInOrder(got.filter(({ echo }) => echo !== undefined).map(({ echo }) => ({ number: echo })));
  expect(peer.child.channel.transport).toBe(RING);
  await end(peer);
});

test('what is longer than the ring', async () => {
  const peer = start();
  for (let i = 0; i < 10; i++) await ask(peer.child, { do: 'echo', echo: i });
  const long = ['é'.repeat(3_000_000), 'x'.repeat(1_000_000)];
  const all = messages(peer.child, 3);
  for (const echo of [long, 'short', long]) peer.child.send({ do: 'echo', echo });
  expect((await all).map(({ echo }) => (echo === 'short' ? echo : echo.map((text) => text.length)))).toEqual([
    [3_000_000, 1_000_000],
    'short',
    [3_000_000, 1_000_000],
  ]);
  await end(peer);
});

test('handles come with their messages', async () => {
  const peer = start();
  for (let i = 0; i < 10; i++) await ask(peer.child, { do: 'echo', echo: i });
  expect(peer.child.channel.transport).toBe(RING);
  const server = net.createServer((socket) => socket.end(`${socket.remotePort}`));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const all = messages(peer.child, 60);
  const ports = [];
  for (let i = 0; i < 20; i++) {
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    ports.push(`${socket.localPort}`);
    peer.child.send({ do: 'echo', echo: `before ${i}` });
    peer.child.send({ do: 'echo', echo: i }, socket);
    peer.child.send({ do: 'echo', echo: `behind ${i}` });
  }
  const said = (await all).map(async (item) => {
    if (!Array.isArray(item)) return item.echo;
    const [{ echo }, socket] = item;
    let text = '';
    for await (const chunk of socket.setEncoding('latin1')) text += chunk;
    return [echo, text];
  });
  expect(await Promise.all(said)).toEqual(ports.flatMap((text, i) => [`before ${i}`, [i, text], `behind ${i}`]));
  server.close();
  await end(peer);
});

test('timers and immediates have their turn while messages follow each other without a pause', async () => {
  const peer = start();
  for (let i = 0; i < 10; i++) await ask(peer.child, { do: 'echo', echo: i });
  const seen = { timeout: 0, immediate: 0 };
  const timer = setInterval(() => seen.timeout++, 1);
  const counted = () => {
    seen.immediate++;
    if (seen.immediate < 10) setImmediate(counted);
  };
  setImmediate(counted);
  const done = new Promise((resolve) => {
    let rounds = 0;
    peer.child.on('message', ({ echo }) => {
      rounds++;
      // However quick it is: until both have come, and a thousand rounds.
      if (rounds >= 1000 && seen.timeout >= 3 && seen.immediate >= 10) resolve();
      else peer.child.send({ do: 'echo', echo });
    });
    peer.child.send({ do: 'echo', echo: 0 });
  });
  await done;
  clearInterval(timer);
  await end(peer);
});

test('what a child says just before it exits comes, and before its exit', async () => {
  const peer = start();
  for (let i = 0; i < 10; i++) await ask(peer.child, { do: 'echo', echo: i });
  const order = [];
  peer.child.on('message', (message) => order.push(message));
  peer.child.on('exit', () => order.push('exit'));
  peer.child.send({ do: 'leave' });
  expect(await peer.exited).toEqual([7, null]);
  expect(order.pop()).toBe('exit');
  expect(order.length).toBe(300);
  expectInOrder(order);
});

test('a child that is killed at any moment: what came is in order, and the end is told', async () => {
  let before;
  for (const moment of [1, 7, 100, 333, 1000, 3000]) {
    const peer = start();
    const got = [];
    peer.child.on('message', (message) => {
      got.push(message);
      if (got.length === moment) peer.child.kill('SIGKILL');
    });
    peer.child.send({ do: 'flood', count: 1e9 });
    expect(await peer.exited).toEqual([null, 'SIGKILL']);
    await peer.closed;
    before ??= descriptors().length;
    expectInOrder(got);
    expect(got.length).toBeGreaterThanOrEqual(moment);
  }
  expect(descriptors().length).toBeLessThanOrEqual(before);
});

test('a parent that is killed: its child sees the end', async () => {
  const { signal, stdout } = await runNode([path.join(folder, 'dies.js')]);
  expect([signal, stdout]).toEqual(['SIGKILL', `${RING}\nclosed\n`]);
});

test('in a worker thread, which ends or is terminated', async () => {
  expect(await runForJson([path.join(folder, 'worker.js')])).toEqual([
    ['ends', RING, 0],
    ['is terminated', RING, 1],
  ]);
});

onLinux('without descriptors, at either end, the socket does it', async () => {
  const command = `ulimit -n 60 && exec "${process.execPath}" "${path.join(folder, 'limits.js')}"`;
  const stdout = await new Promise((resolve, reject) => {
    execFile('/bin/sh', ['-c', command], { timeout: 60_000 }, (error, out, stderr) => (error ? reject(new Error(stderr)) : resolve(out)));
  });
  expect(JSON.parse(stdout)).toEqual({ withoutHere: ['socket', 'socket'], withoutThere: ['socket', 'socket'], with: ['ring', 'ring'] });
});

onLinux('a hundred of them: two descriptors each, memory as far as it is used, and nothing is left', async () => {
  const { answers, descriptors: each, kilobytes, maps } = await runForJson([path.join(folder, 'hundred.js')]);
  expect({ answers, each, maps }).toEqual({ answers: ['through the ring'], each: 2, maps: [0, 100, 0] });
  expect(kilobytes).toBeLessThan(64);
});

onLinux('its memory is sealed, and nobody else gets its descriptors', async () => {
  const peer = start();
  for (let i = 0; i < 10; i++) await ask(peer.child, { do: 'echo', echo: i });
  for (const pid of ['self', peer.child.pid]) {
    const maps = fs.readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n');
    const ring = maps.filter((line) => line.includes('memfd:procs-ring'));
    expect(ring.map((line) => line.split(' ')[1])).toEqual(['rw-s']);
    // The file itself is closed by now: nothing but the mapping holds it.
    const names = fs.readdirSync(`/proc/${pid}/fd`).map((fd) => readLink(`/proc/${pid}/fd/${fd}`));
    expect(names.filter((name) => name.includes('procs-ring'))).toEqual([]);
  }
  await end(peer);
  expect(fs.readFileSync('/proc/self/maps', 'latin1')).not.toContain('memfd:procs-ring');
});

function readLink(file) {
  try {
    return fs.readlinkSync(file);
  } catch (error) {
    // Closed meanwhile: that of the folder itself.
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}
