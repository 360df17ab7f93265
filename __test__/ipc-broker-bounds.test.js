'use strict';
// A subscriber that does not read: what waits for it is bounded, what is dropped is counted and told, and nobody else notices.

const { closeAll, connectRaw, counted, startBroker } = require('./lib/broker.js');

afterEach(closeAll);

const BULK = 'x'.repeat(4000);
const COUNT = 1000;

/** A raw subscriber that has stopped to read, once it was taken in. */
async function deaf(broker, hello) {
  const raw = connectRaw(broker, { name: 'deaf', ...hello });
  raw.send('B1=#:\n');
  await raw.line(/^K1/);
  raw.socket.pause();
  return raw;
}

/** COUNT messages, far more than the kernel holds, to the deaf one and to one that listens. */
async function flood(broker) {
  const publisher = await broker.connect();
  const listener = await broker.connect({ maxQueued: 10_000, maxQueuedBytes: 1e9 });
  const heard = [];
  let hear;
  const all = new Promise((resolve) => {
    hear = ({ i }) => heard.push(i) === COUNT && resolve();
  });
  await listener.subscribe('#', hear).ready;
  for (let i = 0; i < COUNT; i++) publisher.publish('flood', { i, BULK });
  await all;
  expect(heard).toEqual(Array.from({ length: COUNT }, (_, i) => i));
  return publisher;
}

/** Numbers of the messages that it gets when it reads again. */
async function received(raw, publisher) {
  raw.socket.resume();
  // Behind all that waited.
  await publisher.sendTo('deaf', 'end').catch(() => {});
  await raw.line(/^(G=|X)/);
  return raw.of('V').map((line) => JSON.parse(line.slice(line.indexOf(':') + 1)).i);
}

/** What it was told, added up. */
function notices(raw) {
  const told = raw.of('K:{"dropped"').map((line) => JSON.parse(line.slice(2)));
  return { dropped: told.reduce((sum, { dropped }) => sum + dropped, 0), total: told.at(-1).total };
}

function expectGrowing(numbers) {
  expect(numbers.every((number, at) => at === 0 || number > numbers[at - 1])).toBe(true);
}

test('drop-oldest: the newest are kept', async () => {
  const broker = startBroker({ maxQueued: 10 });
  const raw = await deaf(broker);
  const publisher = await flood(broker);
  const { dropped, queued } = await counted(broker, (stats) => stats.queued === 10);
  expect(dropped).toBeGreaterThan(0);
  expect(queued).toBe(10);
  const got = await received(raw, publisher);
  expectGrowing(got);
  // One gave way to the one that ended the test.
  const last = Array.from({ length: 9 }, (_, i) => COUNT - 9 + i);
  expect(got.slice(-9)).toEqual(last);
  expect(got.length).toBe(COUNT - dropped - 1);
  expect(notices(raw)).toEqual({ dropped: dropped + 1, total: dropped + 1 });
  expect(await counted(broker, (stats) => stats.queued === 0)).toMatchObject({ dropped: dropped + 1, queued: 0, queuedBytes: 0 });
});

test('drop-newest: the oldest are kept, and without a gap', async () => {
  const broker = startBroker({ maxQueued: 10, overflow: 'drop-newest' });
  const raw = await deaf(broker);
  const publisher = await flood(broker);
  const { dropped } = broker.stats();
  // A message to it alone is refused, and its sender told.
  await expect(publisher.sendTo('deaf', 1)).rejects.toMatchObject({ code: 'ERR_PROCS_BROKER_QUEUE_FULL' });
  raw.socket.resume();
  await raw.line(new RegExp(`"i":${COUNT - dropped - 1},`));
  const got = raw.of('V').map((line) => JSON.parse(line.slice(line.indexOf(':') + 1)).i);
  expect(got).toEqual(Array.from({ length: COUNT - dropped }, (_, i) => i));
  expect(notices(raw).total).toBe(dropped + 1);
});

test('disconnect: it is hung up on, and reads why', async () => {
  const broker = startBroker({ maxQueued: 10, overflow: 'disconnect' });
  const raw = await deaf(broker);
  const publisher = await flood(broker);
  expect(await counted(broker, (stats) => stats.queued === 0)).toMatchObject({ dropped: 0, cutOff: 1, queued: 0 });
  // Its name is free already.
  await expect(publisher.sendTo('deaf', 1)).rejects.toMatchObject({ code: 'ERR_PROCS_BROKER_UNREACHABLE' });
  raw.socket.resume();
  expect(await raw.goodbye()).toMatchObject({ code: 'ERR_PROCS_BROKER_SLOW' });
  const got = raw.of('V').map((line) => JSON.parse(line.slice(line.indexOf(':') + 1)).i);
  expect(got).toEqual(Array.from({ length: got.length }, (_, i) => i));
});

test('a bound in bytes, and one of the subscriber', async () => {
  const broker = startBroker({ maxQueued: 100_000, maxQueuedBytes: 1e9 });
  const raw = await deaf(broker, { maxQueuedBytes: 20_000, overflow: 'drop-newest' });
  await flood(broker);
  const { queued, queuedBytes, dropped } = await counted(broker, (stats) => stats.queued === 4);
  expect(dropped).toBeGreaterThan(COUNT / 2);
  expect(queued).toBe(4);
  expect(queuedBytes).toBeLessThanOrEqual(20_000);
  raw.socket.resume();
  await raw.line(/^K:\{"dropped"/);
});

test('a message that is larger than the bound gets through when nothing else waits', async () => {
  const broker = startBroker({ maxQueuedBytes: 1000 });
  const [a, b] = await Promise.all([broker.connect(), broker.connect()]);
  const big = 'y'.repeat(1_000_000);
  const got = new Promise((resolve) => {
    b.subscribe('big', resolve);
  });
  await b.subscribe('x').ready;
  a.publish('big', big);
  expect(await got).toBe(big);
  expect(broker.stats().dropped).toBe(0);
});

test('a burst that the kernel takes at once is not too much, however small the bound', async () => {
  const broker = startBroker({ maxQueued: 1 });
  const [a, b] = await Promise.all([broker.connect(), broker.connect()]);
  let heard = 0;
  const all = new Promise((resolve) => {
    b.subscribe('n', () => ++heard === 200 && resolve());
  });
  await b.subscribe('x').ready;
  for (let i = 0; i < 200; i++) a.publish('n', i);
  await all;
  expect(broker.stats().dropped).toBe(0);
});

test('our client is told', async () => {
  const broker = startBroker({ maxQueued: 5 });
  const client = await broker.connect();
  const publisher = await broker.connect();
  client.subscribe('#', () => {});
  await client.publish('x', 1, { ack: true });
  const told = new Promise((resolve) => client.once('dropped', (...args) => resolve(args)));
  // Its thread is busy publishing, and so reads nothing meanwhile.
  const text = 'z'.repeat(100_000);
  while (broker.stats().dropped === 0) {
    for (let i = 0; i < 200; i++) publisher.publish('x', text);
    // What the broker has not read yet is kept here: without a turn in between there is no end to that on a busy machine.
    await new Promise(setImmediate);
  }
  const [dropped, total] = await told;
  expect(total).toBeGreaterThanOrEqual(dropped);
  expect(dropped).toBeGreaterThan(0);
  expect(client.dropped).toBeGreaterThanOrEqual(total);
});

test('who asks and does not read the answers is not read either, and nobody else waits for it', async () => {
  const broker = startBroker();
  const raw = connectRaw(broker);
  await raw.line(/^K:/);
  raw.socket.pause();
  const other = await broker.connect();
  let sent = 0;
  const asks = 'P1=a:1\n'.repeat(10_000);
  while (raw.socket.writableLength < 1e6 && sent < 1000) {
    raw.send(asks);
    sent++;
    await other.publish('a', 1, { ack: true });
  }
  expect(raw.socket.writableLength).toBeGreaterThanOrEqual(1e6);
  expect(await counted(broker, (stats) => stats.queuedBytes === 0)).toMatchObject({ queuedBytes: 0 });
});
