'use strict';
// Which messages a subscriber gets, and what is a topic at all.

const { closeAll, connectRaw, counted, startBroker } = require('./lib/broker.js');

afterEach(closeAll);

// src/ipc/broker/subscriptions.rs has the same.
const TABLE = [
  ['a', ['a'], ['b', 'a.b', 'aa']],
  ['a.b', ['a.b'], ['a', 'a.c', 'a.b.c']],
  ['*', ['a', 'b'], ['a.b']],
  ['#', ['a', 'a.b', 'a.b.c'], []],
  ['jobs.*.done', ['jobs.1.done', 'jobs.x.done'], ['jobs.done', 'jobs.1.2.done', 'jobs.1.failed', 'jobs.1.done.x']],
  ['jobs.#', ['jobs', 'jobs.1', 'jobs.1.done'], ['job', 'jobsx', 'x.jobs']],
  ['*.*', ['a.b'], ['a', 'a.b.c']],
  ['*.b.#', ['a.b', 'c.b.d.e'], ['b', 'a.c.b']],
  ['a.*.#', ['a.b', 'a.b.c'], ['a', 'b.a']],
  ['ä.*', ['ä.ö', 'ä.日本'], ['a.ö']],
  ['$x.y-z_0/@', ['$x.y-z_0/@'], ['$x.y']],
];

test.each(TABLE)('%s', async (pattern, yes, no) => {
  const broker = startBroker();
  const subscriber = await broker.connect();
  const publisher = await broker.connect();
  const raw = connectRaw(broker);
  const got = [];
  const end = new Promise((resolve) => {
    subscriber.subscribe('end-of-test', resolve);
  });
  subscriber.subscribe(pattern, (message, topic) => {
    if (topic !== 'end-of-test') got.push([message, topic]);
  });
  raw.send(Buffer.from(`B1=${pattern}:\n`));
  await raw.line(/^K1/);
  for (const topic of [...yes, ...no]) publisher.publish(topic, topic);
  publisher.publish('end-of-test', 0);
  await end;
  const expected = yes.map((topic) => [topic, topic]);
  expect(got).toEqual(expected);
  // By the broker alone: a client of ours looks at the pattern as well.
  raw.send('G9=$9:\n');
  await raw.line(/^K9/);
  const delivered = raw.of('V').map((line) => JSON.parse(Buffer.from(line.slice(line.indexOf(':') + 1), 'latin1').toString()));
  expect(delivered.filter((topic) => topic !== 0)).toEqual(yes);
});

test('a client gets a message once, whatever of its patterns match, and each of its subscriptions gets it', async () => {
  const broker = startBroker();
  const client = await broker.connect();
  const got = [];
  for (const pattern of ['a.b', 'a.*', '#', 'a.b']) client.subscribe(pattern, (message) => got.push([pattern, message]));
  expect(await client.publish('a.b', 1, { ack: true })).toEqual({ receivers: 1 });
  expect(got).toEqual([
    ['a.b', 1],
    ['a.*', 1],
    ['#', 1],
    ['a.b', 1],
  ]);
  const stats = await counted(broker, ({ delivered }) => delivered === 1);
  expect(stats).toMatchObject({ subscriptions: 4, published: 1, delivered: 1 });
});

test('after unsubscribe() nothing more comes, and other subscriptions stay', async () => {
  const broker = startBroker();
  const client = await broker.connect();
  const got = [];
  const one = client.subscribe('a', () => got.push('one'));
  client.subscribe('a', () => got.push('other'));
  const gone = one.unsubscribe();
  expect(one.isActive).toBe(false);
  await gone;
  await client.publish('a', 1, { ack: true });
  expect(got).toEqual(['other']);
  expect(broker.stats().subscriptions).toBe(1);
});

const BAD = [
  ['', /must not be empty/],
  ['a..b', /empty level/],
  ['.a', /empty level/],
  ['a.', /empty level/],
  ['a b', /must not have " " in it/],
  ['a\nb', /must not have "\\n" in it/],
  ['a:b', /must not have ":" in it/],
  ['a+b', /must not have "\+" in it/],
  ['a!', /must not have "!" in it/],
  ['a"', /must not have/],
  ['a\\b', /must not have/],
  ['\ud800', /lone surrogates/],
  ['x'.repeat(256), /longer than 255 bytes/],
  ['ä'.repeat(128), /longer than 255 bytes/],
];

test.each([...BAD, ['a.*', /must not have "\*" in it/], ['#', /must not have "#" in it/]])('%j is no topic', async (topic, message) => {
  const client = await startBroker().connect();
  expect(() => client.publish(topic, 1)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE', message: expect.stringMatching(message) }),
  );
  expect(() => client.forget(topic)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  expect(client.isClosed).toBe(false);
});

test.each([...BAD, ['a.#.b', /behind '#'/], ['a*', /whole level/], ['x.**', /whole level/]])(
  '%j is no pattern',
  async (pattern, message) => {
    const client = await startBroker().connect();
    expect(() => client.subscribe(pattern, () => {})).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE', message: expect.stringMatching(message) }),
    );
  },
);

test('what is no string at all', async () => {
  const client = await startBroker().connect();
  for (const call of [() => client.publish(7, 1), () => client.subscribe(undefined), () => client.subscribe('a', 7)]) {
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  }
  expect(() => client.subscribe('a', { lst: true })).toThrow(/options\.lst/);
  expect(() => client.publish('a', 1, { retained: true })).toThrow(/options\.retained/);
});
