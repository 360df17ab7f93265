'use strict';
// The last value of a topic, for those that come late.

const { closeAll, connectRaw, startBroker } = require('./lib/broker.js');

afterEach(closeAll);

/** All deliveries until one that is published now. */
async function deliveries(subscription, client) {
  await subscription.ready;
  const got = [];
  client.publish('z.end', 'end');
  for await (const delivery of subscription) {
    if (delivery.topic === 'z.end') break;
    got.push(delivery);
  }
  return got;
}

test('who asks gets the last value of each topic, in the order of topics, and then what is new', async () => {
  const broker = startBroker();
  const client = await broker.connect();
  for (const [topic, value] of [
    ['b', 1],
    ['a', 1],
    ['a', 2],
    ['a.x', 3],
  ])
    client.publish(topic, value, { retain: true });
  client.publish('a', 'not kept');
  const late = await broker.connect();
  expect(await deliveries(late.subscribe('#', { last: true }), client)).toEqual([
    { topic: 'a', message: 2, isLast: true },
    { topic: 'a.x', message: 3, isLast: true },
    { topic: 'b', message: 1, isLast: true },
  ]);
  expect(await deliveries(late.subscribe('#'), client)).toEqual([]);
  expect(broker.stats().retained).toBe(3);
});

test('only the subscription that asked gets it, though another of the client matches', async () => {
  const broker = startBroker();
  const client = await broker.connect();
  await client.publish('a', { deep: [1n] }, { retain: true });
  const other = jest.fn();
  client.subscribe('#', other);
  const got = await new Promise((resolve) => {
    client.subscribe('a', (...args) => resolve(args), { last: true });
  });
  expect(got).toEqual([{ deep: [1n] }, 'a', true]);
  expect(other).not.toHaveBeenCalled();
});

test('bytes are kept as well, and the publisher may go', async () => {
  const broker = startBroker();
  const publisher = await broker.connect();
  const bytes = Buffer.alloc(100_000, 'xyz');
  await publisher.publish('file', { bytes: new Uint8Array(bytes) }, { retain: true, ack: true });
  await publisher.close();
  const late = await broker.connect();
  const [message] = await new Promise((resolve) => {
    late.subscribe('file', (...args) => resolve(args), { last: true });
  });
  expect(Buffer.compare(message.bytes, bytes)).toBe(0);
});

test('forget()', async () => {
  const broker = startBroker();
  const client = await broker.connect();
  client.publish('a', 1, { retain: true });
  client.publish('b', 1, { retain: true });
  const heard = [];
  client.subscribe('a', (message) => heard.push(message));
  await client.forget('a');
  // It is no message: who subscribes to the topic is told nothing.
  await client.publish('a', 2, { ack: true });
  expect(heard).toEqual([2]);
  expect(broker.stats().retained).toBe(1);
  const got = await deliveries(client.subscribe('#', { last: true }), client);
  expect(got.map(({ topic }) => topic)).toEqual(['b']);
});

test('there is a bound on what is kept: who publishes past it is told, and the message goes out all the same', async () => {
  const broker = startBroker({ maxRetained: 1 });
  const client = await broker.connect();
  const heard = jest.fn();
  client.subscribe('b', heard);
  await client.publish('a', 1, { retain: true, ack: true });
  const refused = client.publish('b', 2, { retain: true, ack: true });
  await expect(refused).rejects.toMatchObject({ code: 'ERR_PROCS_BROKER_LIMIT' });
  expect(heard).toHaveBeenCalledWith(2, 'b', false);
  const told = new Promise((resolve) => client.once('refused', resolve));
  client.publish('b', 3, { retain: true });
  expect(await told).toMatchObject({ code: 'ERR_PROCS_BROKER_LIMIT' });
  // In place of the one that is there there is room.
  await client.publish('a', 4, { retain: true, ack: true });
});

test('a raw client, which sees the wire', async () => {
  const broker = startBroker();
  const raw = connectRaw(broker);
  raw.send('P7~=a.b!+3b:[1]\nabcP=c!:{"x":1}\nB5=#:{"last":true}\nP=a.b:2\nG9=$1:0\n');
  await raw.line(/^K9/);
  const lines = ['K7:{"receivers":0}', 'K5:', 'V5~=a.b+3b:[1]', 'abcV5=c:{"x":1}', 'V=a.b:2', 'G=$1:0', 'K9:{"receivers":1}'];
  expect(raw.lines.slice(2)).toEqual(lines);
});
