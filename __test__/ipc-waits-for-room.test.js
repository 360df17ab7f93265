'use strict';
// Whoever waits for room is told when there is some.

const { once } = require('node:events');
const path = require('node:path');
const { endAll, start } = require('./lib/channels.js');

const fixture = (name) => path.join(__dirname, 'fixtures', 'ipc-channel', `${name}.js`);

afterEach(endAll);

test('what is behind the offer of a ring goes out, where the offer had to wait for room in the socket', async () => {
  // One of these lengths just fills it.
  for (let length = 200_000; length <= 225_000; length += 5_000) {
    const { channel } = start(fixture('only-listens'));
    await once(channel, 'open');
    channel.send('x'.repeat(length));
    await channel.send('y'.repeat(1000));
    expect(channel.queuedBytes).toBe(0);
    await channel.close();
  }
});

test('drain comes where the bound is smaller than what a turn gathers', async () => {
  const { channel } = start(fixture('only-listens'), { channel: { maxQueuedBytes: 1000 } });
  await once(channel, 'open');
  for (let i = 0; i < 5; i++) channel.send('x'.repeat(600));
  expect(channel.needsDrain).toBe(true);
  await once(channel, 'drain');
  expect(channel.needsDrain).toBe(false);
});

test('two ends that each send before they take the next message do not wait for each other', async () => {
  const { channel } = start(fixture('sends-back'));
  const COUNT = 200; // 50 MB: more than both hold
  const text = 'x'.repeat(1 << 18);
  for (let i = 0; i < COUNT; i++) channel.send(text);
  let taken = 0;
  for await (const message of channel) {
    expect(message).toHaveLength(text.length);
    if (++taken === COUNT) break;
    await channel.send('x');
  }
  expect(taken).toBe(COUNT);
});

test('an end that only sends hears of room in shared memory', async () => {
  const { channel } = start(fixture('asks-then-sends'), { channel: { maxSharedMemory: 1 << 20 } });
  // Kept, so that there is no room again but by the answer to the question.
  const kept = [];
  channel.onRequest((message) => void kept.push(message));
  await new Promise((resolve) => channel.on('message', (message) => (message === 'done' ? resolve() : kept.push(message))));
  expect(kept).toHaveLength(56);
});
