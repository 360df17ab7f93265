'use strict';
// The connections of one server, served by several processes.

const http = require('node:http');
const net = require('node:net');
const path = require('node:path');
const { once } = require('node:events');
const { fork } = require('..');
const { distribute } = require('../js/ipc');
const { cleanEnv } = require('./lib/run-node.js');

const WORKER = path.join(__dirname, 'fixtures/ipc-distribute-worker.js');
const WAYS = [
  ['our channel', { serialization: 'structured' }],
  ["Node's channel", {}],
  ["Node's channel, fast", { transport: 'fast' }],
];

let children;
let server;
let clients;
beforeEach(() => {
  children = [];
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  server?.close();
  const ends = children.map((child) => (child.exitCode ?? child.signalCode) === null && once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ends);
});

function start(how, options = {}) {
  const child = fork(WORKER, [how], { env: cleanEnv(), ...options });
  children.push(child);
  return child;
}

async function listen(made) {
  server = made;
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  return server;
}

/** A connection that says who serves it. */
class Client {
  constructor(host = '127.0.0.1', localAddress = undefined) {
    this.socket = net.connect({ port: server.address().port, host, localAddress });
    this.socket.on('error', () => {});
    clients.push(this.socket);
  }

  /** @returns {Promise<number>} pid of its worker */
  async who() {
    this.socket.write('who\n');
    const [data] = await once(this.socket, 'data');
    return Number(data);
  }
}

/** Resolves as soon as so many workers take connections. */
async function ready(distribution, count) {
  while (distribution.stats().workers.filter(({ isReady }) => isReady).length < count) await new Promise(setImmediate);
}

async function until(condition) {
  while (!condition()) await new Promise(setImmediate);
}

describe.each(WAYS)('%s', (_name, options) => {
  test('round-robin: one after the other, and what is told of it', async () => {
    await listen(net.createServer(() => {}));
    const workers = [start('net', options), start('function', options)];
    const distribution = distribute(server, workers);
    await ready(distribution, 2);
    const pids = [];
    for (let i = 0; i < 6; i++) pids.push(await new Client().who());
    expect(pids.filter((pid) => pid === workers[0].pid)).toHaveLength(3);
    expect(pids.filter((pid) => pid === workers[1].pid)).toHaveLength(3);
    expect(pids[0]).not.toBe(pids[1]);
    await until(() => distribution.stats().workers.every(({ offered }) => offered === 0));
    const [first] = distribution.stats().workers;
    expect(first).toEqual({ pid: workers[0].pid, isReady: true, open: 3, offered: 0, accepted: 3 });
    for (const client of clients) client.destroy();
    await until(() => distribution.stats().workers.every(({ open }) => open === 0));
  });

  test('least-connections: the one that has the fewest', async () => {
    await listen(net.createServer());
    const workers = [start('net', options), start('net', options)];
    const distribution = distribute(server, workers, { policy: 'least-connections' });
    await ready(distribution, 2);
    const held = [new Client(), new Client(), new Client(), new Client()];
    const pids = [];
    for (const client of held) pids.push(await client.who());
    // All of the first one's are closed: the next two are its own.
    const [busy] = pids;
    for (const { socket } of held.filter((_, i) => pids[i] === busy)) socket.destroy();
    await until(() => distribution.stats().workers.some(({ open }) => open === 0));
    const next = [await new Client().who(), await new Client().who()];
    expect(next).toEqual([busy, busy]);
  });

  test('kernel: the workers listen themselves', async () => {
    await listen(net.createServer(() => {}));
    const { port } = server.address();
    const worker = start('net', options);
    const distribution = distribute(server, [worker], { policy: 'kernel' });
    expect(await new Client().who()).toBe(worker.pid);
    expect(server.address().port).toBe(port);
    const second = start('net', options);
    distribution.add(second);
    const seen = new Set();
    while (seen.size < 2) seen.add(await new Client().who());
    await distribution.remove(worker);
    // Until it has heard of that it accepts.
    for (let i = 0; i < 20; i++) i = (await new Client().who()) === second.pid ? i : -1;
  });

  test('http with keep-alive: a connection stays where it is', async () => {
    await listen(http.createServer((_request, response) => response.end('parent')));
    const workers = [start('http', options), start('http', options)];
    const distribution = distribute(server, workers);
    await ready(distribution, 2);
    const agents = [1, 2, 3, 4].map(() => new http.Agent({ keepAlive: true, maxSockets: 1 }));
    const get = async (agent) => {
      const [response] = await once(http.get({ port: server.address().port, agent }), 'response');
      let text = '';
      for await (const chunk of response.setEncoding('latin1')) text += chunk;
      return text;
    };
    const first = await Promise.all(agents.map(get));
    expect(await Promise.all(agents.map(get))).toEqual(first);
    expect(new Set(first).size).toBe(2);
    distribution.close();
    expect(await get(new http.Agent())).toBe('parent');
    for (const agent of agents) agent.destroy();
  });

  test('a worker that is killed: what it had not accepted goes to another, once', async () => {
    await listen(net.createServer());
    const workers = [start('net', options), start('net', options)];
    const distribution = distribute(server, workers);
    await ready(distribution, 2);
    workers[0].kill('SIGSTOP');
    const asked = Array.from({ length: 10 }, () => new Client().who());
    await until(() => distribution.stats().workers[0].offered === 5);
    workers[0].kill('SIGKILL');
    expect(await Promise.all(asked)).toEqual(new Array(10).fill(workers[1].pid));
    expect(distribution.stats()).toMatchObject({ pending: 0, refused: 0, workers: [{ pid: workers[1].pid, open: 10, accepted: 10 }] });
  });

  test('a connection that kills its worker is not given to another', async () => {
    await listen(net.createServer());
    const workers = [start('crash', options), start('crash', options)];
    const distribution = distribute(server, workers);
    await ready(distribution, 2);
    const { socket } = new Client();
    socket.write('die\n');
    await once(socket.resume(), 'close');
    await until(() => distribution.stats().workers.length === 1);
    expect(distribution.stats().workers[0]).toMatchObject({ open: 0, offered: 0, accepted: 0 });
  });

  test('connections wait for the first worker, and for one that attaches late', async () => {
    await listen(net.createServer());
    const distribution = distribute(server, []);
    const asked = Array.from({ length: 5 }, () => new Client().who());
    await until(() => distribution.stats().pending === 5);
    const worker = start('late', options);
    distribution.add(worker);
    expect(await Promise.all(asked)).toEqual(new Array(5).fill(worker.pid));
  });

  test('remove() waits for the last connection, and gives none', async () => {
    await listen(net.createServer());
    const workers = [start('net', options), start('net', options)];
    const distribution = distribute(server, workers);
    await ready(distribution, 2);
    const held = [new Client(), new Client()];
    const pids = [await held[0].who(), await held[1].who()];
    let isRemoved = false;
    const removed = distribution.remove(workers[0]).then(() => {
      isRemoved = true;
    });
    for (let i = 0; i < 3; i++) expect(await new Client().who()).toBe(workers[1].pid);
    // It still serves the one that it has.
    const own = held[pids.indexOf(workers[0].pid)];
    expect(await own.who()).toBe(workers[0].pid);
    expect(isRemoved).toBe(false);
    own.socket.destroy();
    await removed;
    expect(distribution.stats().workers.map(({ pid }) => pid)).toEqual([workers[1].pid]);
  });

  test('a worker that detaches keeps what it has, and what is on its way to it goes to another', async () => {
    await listen(net.createServer());
    const workers = [start('detach', options)];
    const distribution = distribute(server, workers);
    await ready(distribution, 1);
    const first = new Client();
    expect(await first.who()).toBe(workers[0].pid);
    const asked = [new Client().who(), new Client().who(), new Client().who()];
    const other = start('net', options);
    distribution.add(other);
    expect(await Promise.all(asked)).toEqual(new Array(3).fill(other.pid));
    expect(await first.who()).toBe(workers[0].pid);
  });
});

test('sticky: an address stays with its worker, and others do when a worker goes', async () => {
  await listen(net.createServer());
  const workers = [start('net'), start('net'), start('net')];
  const distribution = distribute(server, workers, { policy: 'sticky' });
  await ready(distribution, 3);
  const addresses = Array.from({ length: 12 }, (_, i) => `127.0.0.${i + 2}`);
  const ask = () => Promise.all(addresses.map((address) => new Client('127.0.0.1', address).who()));
  const first = await ask();
  expect(await ask()).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(1);
  const [gone] = first;
  const left = workers.find(({ pid }) => pid === gone);
  left.kill('SIGKILL');
  await until(() => distribution.stats().workers.length === 2);
  const then = await ask();
  then.forEach((pid, i) => {
    if (first[i] === gone) expect(pid).not.toBe(gone);
    else expect(pid).toBe(first[i]);
  });
});

test('close() gives the server back, and what waits to its own listeners', async () => {
  const own = [];
  await listen(net.createServer((socket) => own.push(socket.end('own'))));
  const distribution = distribute(server, []);
  const { socket } = new Client();
  await until(() => distribution.stats().pending === 1);
  distribution.close();
  distribution.close();
  expect(`${(await once(socket, 'data'))[0]}`).toBe('own');
  expect(`${(await once(new Client().socket, 'data'))[0]}`).toBe('own');
  expect(own).toHaveLength(2);
  expect(() => distribution.add(start('net'))).toThrow(expect.objectContaining({ code: 'ERR_PROCS_IPC_CLOSED' }));
});

test('close() with kernel: the parent accepts again', async () => {
  await listen(net.createServer((socket) => socket.end('own')));
  const worker = start('net');
  const distribution = distribute(server, [worker], { policy: 'kernel' });
  expect(await new Client().who()).toBe(worker.pid);
  distribution.close();
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  expect(`${(await once(new Client().socket, 'data'))[0]}`).toBe('own');
});

test('a server that does not listen yet', async () => {
  server = net.createServer();
  const worker = start('net');
  for (const policy of ['kernel', 'round-robin']) {
    const distribution = distribute(server, [worker], { policy });
    await listen(server);
    expect(await new Client().who()).toBe(worker.pid);
    distribution.close();
    server.close();
    await once(server, 'close');
  }
});

test('more than may wait are closed, and counted', async () => {
  await listen(net.createServer());
  const distribution = distribute(server, [], { maxPending: 1 });
  const first = new Client();
  await until(() => distribution.stats().pending === 1);
  const second = new Client();
  await once(second.socket.resume(), 'close');
  expect(distribution.stats()).toMatchObject({ pending: 1, refused: 1 });
  const worker = start('net');
  distribution.add(worker);
  expect(await first.who()).toBe(worker.pid);
});

test('a process attaches one server, once, and only where it has a parent', async () => {
  const child = start('twice', { silent: true });
  expect(`${(await once(child.stdout, 'data'))[0]}`).toBe('ERR_PROCS_IPC_ATTACHED');
  const { attach } = require('../js/ipc');
  const { channel } = process;
  // Jest's own workers have one.
  process.channel = undefined;
  try {
    expect(() => attach(net.createServer())).toThrow(expect.objectContaining({ code: 'ERR_PROCS_IPC_NO_PARENT' }));
  } finally {
    process.channel = channel;
  }
});

test('bad arguments', async () => {
  await listen(net.createServer());
  const listeners = server.listenerCount('connection');
  for (const [args, code] of [
    [[{}, []], 'ERR_INVALID_ARG_TYPE'],
    [[server, 5], 'ERR_INVALID_ARG_TYPE'],
    [[server, [{}]], 'ERR_INVALID_ARG_TYPE'],
    [[server, [], 'sticky'], 'ERR_INVALID_ARG_TYPE'],
    [[server, [], { policy: 'fastest' }], 'ERR_INVALID_ARG_VALUE'],
    [[server, [], { maxPending: -1 }], 'ERR_OUT_OF_RANGE'],
  ]) {
    expect(() => distribute(...args)).toThrow(expect.objectContaining({ code }));
  }
  expect(server.listenerCount('connection')).toBe(listeners);
  const { attach, onConnection } = require('../js/ipc');
  expect(() => attach({})).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  expect(() => onConnection(5)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
});
