'use strict';
// Answers that are streams.

const path = require('node:path');
const { run } = require('..');
const { Collected, endAll, failure, start } = require('./lib/channels.js');

afterEach(endAll);

async function collect(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

test('a generator’s items, in their order, and what it returns', async () => {
  const { channel } = start();
  expect(await collect(channel.request({ act: 'numbers', count: 1000 }))).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  const stream = await channel.request({ act: 'numbers', count: 1 });
  expect(await stream.next()).toEqual({ value: 0, done: false });
  expect(await stream.next()).toEqual({ value: 'done', done: true });
  expect(await stream.next()).toEqual({ value: undefined, done: true });
});

test('a Readable and a web stream, of values of every kind', async () => {
  const { channel } = start();
  const items = [1, { two: 2 }, new Map([[3, 3]]), Buffer.alloc(100_000, 4)];
  for (const act of ['readable', 'web']) {
    const seen = await collect(channel.request({ act, items }));
    expect(seen.map((item) => (item instanceof Uint8Array ? item.length : item))).toEqual([1, { two: 2 }, new Map([[3, 3]]), 100_000]);
  }
});

test('an iterator that gives no result is an error, and no stream without an end', async () => {
  const { channel } = start();
  const error = await failure(collect(channel.request({ act: 'noIterator' })));
  expect([error.name, error.message]).toEqual(['TypeError', 'Iterator result 5 is not an object']);
});

test('an answer that is none is its only item', async () => {
  const { channel } = start();
  expect(await collect(channel.request({ act: 'add', a: 1, b: 2 }))).toEqual([3]);
});

test('the generator goes no further than the requester wants', async () => {
  const { channel } = start();
  const inbox = new Collected(channel);
  const stream = await channel.request({ act: 'numbers', count: 1_000_000 });
  // Everything that it could send without being allowed more has come by the time that this is answered.
  await channel.request({ act: 'nothing' });
  await stream.next();
  await stream.return();
  const [{ finally: sent }] = await inbox.take(1);
  expect(sent).toBeLessThanOrEqual(16);
});

test('many at a time, and messages in between', async () => {
  const { channel } = start();
  const inbox = new Collected(channel);
  const streams = Array.from({ length: 20 }, () => collect(channel.request({ act: 'numbers', count: 100, pace: true })));
  channel.send('in between');
  const all = await Promise.all(streams);
  expect(all.every((items) => items.length === 100 && items[99] === 99)).toBe(true);
  expect(await inbox.take(21)).toContain('in between');
});

test('leaving the loop ends the generator, with its finally', async () => {
  const { channel } = start();
  const inbox = new Collected(channel);
  for await (const item of channel.request({ act: 'numbers', count: 1000 })) if (item === 5) break;
  const [{ finally: sent }] = await inbox.take(1);
  expect(sent).toBeLessThan(100);
});

test('a stream that is dropped without a word is cancelled when it is collected', async () => {
  const { stdout } = await run(process.execPath, ['--expose-gc', path.join(__dirname, 'fixtures/ipc-channel/drops.js')]);
  expect(stdout).toBe('cancelled');
});

test('an item that is waited for comes, also when nobody holds the stream any more', async () => {
  const { stdout } = await run(process.execPath, ['--expose-gc', path.join(__dirname, 'fixtures/ipc-channel/takes-one.js')]);
  expect(stdout).toBe('{"value":"kept","done":false}');
});

test('an error in the middle comes after the items before it', async () => {
  const { channel } = start();
  const items = [];
  const error = await failure(
    (async () => {
      for await (const item of channel.request({ act: 'numbers', count: 10, failAt: 4 })) items.push(item);
    })(),
  );
  expect(items).toEqual([0, 1, 2, 3]);
  expect(error).toBeInstanceOf(RangeError);
  expect([error.name, error.code]).toEqual(['NoSuchUser', 'E_NO_SUCH_USER']);
});

test('so does the death of the handler, with what became of it', async () => {
  const { channel } = start();
  const items = [];
  const error = await failure(
    (async () => {
      for await (const item of channel.request({ act: 'numbers', count: 10, exitAt: 4, pace: true })) items.push(item);
    })(),
  );
  expect(items).toEqual([0, 1, 2, 3]);
  expect([error.code, error.exitCode, error.signal]).toEqual(['ERR_PROCS_IPC_CLOSED', 9, null]);
});

test('an abort in the middle ends both', async () => {
  const { channel } = start();
  const inbox = new Collected(channel);
  const controller = new AbortController();
  const items = [];
  const error = await failure(
    (async () => {
      for await (const item of channel.request({ act: 'numbers', count: 1000, pace: true }, { signal: controller.signal })) {
        items.push(item);
        if (item === 3) controller.abort();
      }
    })(),
  );
  expect([error.code, (await inbox.take(1))[0].finally < 1000]).toEqual(['ABORT_ERR', true]);
});

test('what a handler has got as a stream it can answer with', async () => {
  const { channel } = start();
  let pieces = 0;
  channel.onRequest(async function* () {
    for (; pieces < 100; pieces++) yield Buffer.alloc(100_000, pieces);
  });
  const seen = await collect(channel.request({ act: 'ask', question: 'pieces' }));
  expect([seen.length, seen[99][0], seen[99].length]).toEqual([100, 99, 100_000]);
});
