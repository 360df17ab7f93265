'use strict';
// Subscriptions that are iterated, with a bound of their own; listeners that throw.

const { fork } = require('node:child_process');
const path = require('node:path');
const { closeAll, startBroker } = require('./lib/broker.js');

afterEach(closeAll);

test('messages wait for the loop, and leaving it unsubscribes', async () => {
  const broker = startBroker();
  const client = await broker.connect();
  const subscription = client.subscribe('n.*');
  for (let i = 0; i < 10; i++) client.publish(`n.${i}`, i);
  const got = [];
  for await (const { message, topic, isLast } of subscription) {
    got.push([message, topic, isLast]);
    if (message === 4) break;
  }
  expect(got).toEqual([0, 1, 2, 3, 4].map((i) => [i, `n.${i}`, false]));
  expect(subscription.isActive).toBe(false);
  expect(broker.stats().subscriptions).toBe(0);
});

test('the loop ends with unsubscribe(), after what was there', async () => {
  const client = await startBroker().connect();
  const subscription = client.subscribe('a');
  client.publish('a', 1);
  await client.publish('a', 2, { ack: true });
  subscription.unsubscribe();
  const got = [];
  for await (const { message } of subscription) got.push(message);
  expect(got).toEqual([1, 2]);
});

test.each([
  ['drop-oldest', [7, 8, 9], 7],
  ['drop-newest', [0, 1, 2], 7],
])('at its bound: %s', async (overflow, expected, dropped) => {
  const client = await startBroker().connect();
  const subscription = client.subscribe('a', { maxQueued: 3, overflow });
  for (let i = 0; i < 10; i++) client.publish('a', i);
  await client.publish('b', 0, { ack: true });
  subscription.unsubscribe();
  const got = [];
  for await (const { message } of subscription) got.push(message);
  expect(got).toEqual(expected);
  expect(subscription.dropped).toBe(dropped);
});

test('at its bound: disconnect ends this subscription, and no other', async () => {
  const client = await startBroker().connect();
  const subscription = client.subscribe('a', { maxQueued: 3, overflow: 'disconnect' });
  const other = jest.fn();
  client.subscribe('a', other);
  for (let i = 0; i < 10; i++) client.publish('a', i);
  await client.publish('b', 0, { ack: true });
  const got = [];
  const loop = async () => {
    for await (const { message } of subscription) got.push(message);
  };
  await expect(loop()).rejects.toMatchObject({ code: 'ERR_PROCS_BROKER_SLOW' });
  expect(got).toEqual([0, 1, 2]);
  expect(other).toHaveBeenCalledTimes(10);
  expect(client.isClosed).toBe(false);
});

test('a bound on subscriptions', async () => {
  const broker = startBroker({ maxSubscriptions: 1 });
  const client = await broker.connect();
  await client.subscribe('a').ready;
  const refused = client.subscribe('b');
  await expect(refused.ready).rejects.toMatchObject({ code: 'ERR_PROCS_BROKER_LIMIT' });
  await expect(refused[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ERR_PROCS_BROKER_LIMIT' });
});

test('a listener that throws is an uncaughtException, and what comes behind it is not lost', async () => {
  const child = fork(path.join(__dirname, 'fixtures/ipc-broker/throws.js'));
  const [report] = await new Promise((resolve) => child.once('message', (...args) => resolve(args)));
  expect(report).toEqual({ got: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], thrown: ['at 3', 'at 7'], closed: 'ERR_PROCS_BROKER_CLOSED' });
  await new Promise((resolve) => child.once('exit', resolve));
});

test('what its sender has tagged wrongly is told, and costs nobody the connection', async () => {
  const broker = startBroker();
  const { connectRaw } = require('./lib/broker.js');
  const client = await broker.connect();
  const heard = jest.fn();
  await client.subscribe('#', heard).ready;
  const told = new Promise((resolve) => client.once('messageerror', (...args) => resolve(args)));
  connectRaw(broker).send('P~=a.b:{"$":["NoSuchTag"]}\nP=a.c:1\n');
  expect(await told).toEqual([expect.objectContaining({ code: 'ERR_PROCS_IPC_GARBAGE' }), 'a.b']);
  await client.publish('end', 0, { ack: true });
  expect(heard.mock.calls.map(([, topic]) => topic)).toEqual(['a.c', 'end']);
});

test('bytes of a Blob are read first, and the order is kept', async () => {
  const client = await startBroker().connect();
  const got = [];
  client.subscribe('#', async (message) => got.push(message instanceof Blob ? await message.text() : message));
  client.publish('a', new Blob(['some text']));
  client.publish('a', 'behind it');
  await client.publish('a', 'the end', { ack: true });
  await new Promise(setImmediate);
  expect([...got].sort()).toEqual(['behind it', 'some text', 'the end']);
});
