'use strict';
// The async context of who asks.

const { AsyncLocalStorage } = require('node:async_hooks');
const path = require('node:path');
const { endPools, makePool, outcome } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

const storage = new AsyncLocalStorage();
const pool = (options) => makePool({ filename: WORKS, ...options });

test('what is awaited goes on in it, though answers come together', async () => {
  const works = pool();
  const seen = await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      storage.run(i, async () => {
        const before = await works.run(i, { name: 'echo' });
        const after = await works.run(i, { name: 'later' });
        return [before, after, storage.getStore()];
      }),
    ),
  );
  expect(seen).toEqual(seen.map((_, i) => [i, i, i]));
});

test('errors, too', async () => {
  const works = pool();
  const seen = await storage.run('mine', async () => {
    const told = [];
    for (const [value, name] of [
      ['x', 'fails'],
      [1, 'exit'],
    ]) {
      await outcome(works.run(value, { name }));
      told.push(storage.getStore());
    }
    return told;
  });
  expect(seen).toEqual(['mine', 'mine']);
});

test('onProgress is called in that of its run()', async () => {
  const works = pool();
  const seen = [];
  await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      storage.run(name, () => works.run([1, 2], { name: 'progress', onProgress: (value) => seen.push(`${storage.getStore()}${value}`) })),
    ),
  );
  expect(seen.sort()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
});

test('events are told in that in which the pool was made', async () => {
  const works = storage.run('maker', () => pool());
  const seen = [];
  works.on('message', () => seen.push(['message', storage.getStore()]));
  works.on('workerUp', () => seen.push(['workerUp', storage.getStore()]));
  await storage.run('asker', () => works.run(['name', 1], { name: 'emit' }));
  expect(seen).toEqual([
    ['workerUp', 'maker'],
    ['message', 'maker'],
  ]);
});
