'use strict';
// A message that is longer than the peer takes is refused over here: the channel, and all that is open in it, goes on.

const { endAll, failure, start } = require('./lib/channels.js');

const MAX_FRAME = 4096;
const OURS = { channel: { maxFrame: MAX_FRAME } };
const CODE = 'ERR_PROCS_IPC_TOO_LARGE';

afterEach(endAll);

test.each([
  ['JSON', Array(MAX_FRAME).fill(1)],
  ['JSON of characters that have three bytes', Array.from({ length: 20 }, () => '€'.repeat(MAX_FRAME / 50))],
  ['a long string', 'x'.repeat(2 * MAX_FRAME)],
  ['bytes', Buffer.alloc(MAX_FRAME)],
  ['bytes and tags', { at: new Date(0), bytes: Buffer.alloc(MAX_FRAME) }],
])('an answer: %s', async (_, value) => {
  const { channel } = start(undefined, OURS);
  const open = channel.request({ act: 'hold', name: 'a' });
  expect((await failure(channel.request({ act: 'echo', value }))).code).toBe(CODE);
  await channel.request({ act: 'release', name: 'a', value: 'still there' });
  expect(await open).toBe('still there');
});

test('a question', async () => {
  const { channel } = start(undefined, OURS);
  channel.onRequest((question) => question.length);
  const ask = (length) => channel.request({ act: 'ask', question: 'x'.repeat(length) });
  expect((await failure(ask(2 * MAX_FRAME))).code).toBe(CODE);
  expect(await ask(MAX_FRAME / 2)).toBe(MAX_FRAME / 2);
});

test('an item of a stream, behind those that were not', async () => {
  const { channel } = start(undefined, OURS);
  const seen = [];
  const stream = (async () => {
    for await (const item of channel.request({ act: 'readable', items: ['a', 'b', 'x'.repeat(2 * MAX_FRAME)] })) seen.push(item);
  })();
  expect((await failure(stream)).code).toBe(CODE);
  expect(seen).toEqual(['a', 'b']);
  expect(await channel.request({ act: 'add', a: 1, b: 1 })).toBe(2);
});

test('what comes to the bound exactly is taken', async () => {
  const { channel } = start(undefined, OURS);
  const line = (length) => Array.from({ length: 4 }, (_, i) => 'x'.repeat(i === 0 ? length : 1000));
  // `R1:`, the brackets, quotes and commas, and three times a thousand.
  const most = MAX_FRAME - 'R1:["","","",""]'.length - 3000;
  expect(await channel.request({ act: 'echo', value: line(most - 10) })).toHaveLength(4);
  expect((await failure(channel.request({ act: 'echo', value: line(most + 10) }))).code).toBe(CODE);
  for (let length = most - 10; length <= most + 10; length++) {
    await channel.request({ act: 'echo', value: line(length) }).catch(({ code }) => expect(code).toBe(CODE));
  }
});
