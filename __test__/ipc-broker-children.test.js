'use strict';
// Children get the broker of their parent, and what they say to each other does not go through its JavaScript.

const path = require('node:path');
const { fork, run } = require('../js');
const { closeAll, startBroker } = require('./lib/broker.js');

const CLIENT = path.join(__dirname, 'fixtures/ipc-broker/client.js');
const children = [];

afterEach(async () => {
  await Promise.all(children.splice(0).map(end));
  await closeAll();
});

function end(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('exit', resolve);
    child.kill('SIGKILL');
  });
}

function start(broker, ...steps) {
  const child = fork(CLIENT, [JSON.stringify(steps)], { broker });
  children.push(child);
  return child;
}

/** The next `count` messages to a topic. */
function heard(client, topic, count) {
  return new Promise((resolve) => {
    const got = [];
    const subscription = client.subscribe(topic, (message) => {
      if (got.push(message) < count) return;
      subscription.unsubscribe();
      resolve(got);
    });
  });
}

test('fork(), by the broker, its address, or with a name', async () => {
  const broker = startBroker();
  const client = await broker.connect();
  const ready = heard(client, 'ready', 3);
  start(broker, ['ready']);
  start(broker.address, ['ready']);
  start({ address: broker.address, name: 'worker-1' }, ['ready']);
  const names = (await ready).map(({ name }) => name).sort();
  expect(names).toEqual([expect.stringMatching(/^\$/), expect.stringMatching(/^\$/), 'worker-1']);
});

test('run(), and an abstract name that nobody can guess', async () => {
  const { createBroker } = require('../js/ipc');
  const broker = createBroker();
  expect(broker.address).toMatch(process.platform === 'linux' ? /^@procs-\d+-[0-9a-f]{32}$/ : /\.sock$/);
  const script = "const { broker } = require(process.argv[1]); broker.publish('x', 1, { ack: true }).then(() => console.log(broker.name));";
  const options = { broker: { address: broker.address, name: 'r' }, env: { PROCS_BROKER: '/nowhere' } };
  const { stdout } = await run(process.execPath, ['-e', script, path.join(__dirname, '../js/ipc')], options);
  expect(stdout).toBe('r');
  expect(broker.stats().published).toBe(1);
  await broker.close();
});

test('a child without one has none, and one whose broker has gone is told', async () => {
  const script = (then) => `const ipc = require(process.argv[1]); ${then}`;
  const none = await run(process.execPath, ['-e', script('console.log(ipc.broker)'), path.join(__dirname, '../js/ipc')]);
  expect(none.stdout).toBe('null');
  const then =
    "ipc.broker.on('close', (error) => console.log(error.code)); ipc.broker.publish('a', 1).catch((error) => console.log(error.code));";
  const gone = await run(process.execPath, ['-e', script(then), path.join(__dirname, '../js/ipc')], { broker: '/nowhere.sock' });
  expect(gone.stdout.split('\n').sort()).toEqual(['ENOENT', 'ERR_PROCS_IPC_CLOSED']);
});

test.each([[7], [null], [{}], [''], [{ address: 'a', name: 'a b' }], [{ name: '' }]])('%j is no broker', (broker) => {
  expect(() => fork(CLIENT, [], { broker })).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_INVALID_ARG_/) }));
  expect(() => run('true', [], { broker })).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_INVALID_ARG_/) }));
});

test("messages flow between children while the parent's JavaScript is blocked", async () => {
  const broker = startBroker({ maxQueued: 1e6 });
  const client = await broker.connect();
  const ready = heard(client, 'ready', 3);
  start(broker, ['count', 'n.1', 1000], ['ready']);
  start(broker, ['count', 'n.*', 1000], ['ready']);
  // Not before this thread is blocked.
  start(broker, ['publish', 'n.1', 1000, 500]);
  await ready;
  const counted = [];
  client.subscribe('counted', (name) => counted.push(name));
  const before = broker.stats().delivered;
  await client.publish('begin', 0, { ack: true });
  // Neither timers nor sockets of this thread have their turn, until all are delivered or it is certain that they will not be.
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const delivered = () => broker.stats().delivered - before;
  for (let left = 20_000; left > 0 && delivered() < 2000; left -= 10) Atomics.wait(cell, 0, 0, 10);
  expect(delivered()).toBeGreaterThanOrEqual(2000);
  expect(counted).toEqual([]);
  while (counted.length < 2) await new Promise(setImmediate);
}, 60_000);

test('kill -9 of clients, in the middle of whatever they do: others go on, and names are free', async () => {
  const broker = startBroker({ maxQueued: 1e6, maxQueuedBytes: 1e9 });
  const client = await broker.connect();
  for (let round = 0; round < 3; round++) {
    const ready = heard(client, 'ready', 2);
    const named = { address: broker.address, name: 'victim' };
    const subscriber = start(named, ['echo', 'flood'], ['ready']);
    const publisher = start(broker, ['publish', 'flood', 2_000_000]);
    await ready;
    const flowing = heard(client, 'echo', 100);
    await client.publish('begin', 0);
    await flowing;
    await Promise.all([end(subscriber), end(publisher)]);
  }
  const left = heard(client, 'last', 1);
  client.publish('last', 'still here');
  expect(await left).toEqual(['still here']);
  await client.request('victim', 1).catch((error) => expect(error.code).toBe('ERR_PROCS_BROKER_UNREACHABLE'));
  expect(broker.stats()).toMatchObject({ clients: 1, cutOff: 0 });
}, 60_000);
