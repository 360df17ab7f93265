'use strict';
// Values that cannot be sent, and errors that are hard to tell. Seen elsewhere: the worker fails at telling it, and the task never ends.

const { endPools, makePool, outcome } = require('./lib/pools.js');

afterEach(endPools);

test.each(['function', 'symbol', 'promise', 'weak'])('a result that is a %s: the task fails, its worker does not', async (what) => {
  const pool = makePool();
  const pid = await pool.run(null, { name: 'pid' });
  // A promise is awaited, and what it holds can be sent.
  if (what === 'promise') expect(await pool.run(what, { name: 'unclonable' })).toBe(undefined);
  else expect((await outcome(pool.run(what, { name: 'unclonable' }))).name).toBe('DataCloneError');
  expect(await pool.run(null, { name: 'pid' })).toBe(pid);
});

test('a task that cannot be sent: run() rejects, and nothing else happens', async () => {
  const pool = makePool();
  expect((await outcome(pool.run(() => {}, { name: 'echo' }))).name).toBe('DataCloneError');
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  expect((await outcome(pool.run(revoked.proxy, { name: 'echo' }))).name).toMatch(/^(DataCloneError|TypeError)$/);
  expect(await pool.run(1, { name: 'echo' })).toBe(1);
});

test('circular, BigInt: there and back', async () => {
  const pool = makePool();
  const circular = await pool.run('circular', { name: 'clonable' });
  expect(circular.self).toBe(circular);
  expect(await pool.run('bigint', { name: 'clonable' })).toEqual({ big: 2n ** 70n });
  const given = { n: 1n };
  given.given = given;
  const back = await pool.run(given, { name: 'echo' });
  expect(back.given).toBe(back);
});

test.each(['circular', 'function', 'getter'])('an error with a property that is hard to send: %s', async (what) => {
  const pool = makePool();
  const { error } = await outcome(pool.run(what, { name: 'throws' }));
  expect(error).toMatchObject({ name: 'RangeError', message: 'thrown' });
  expect(error.stack).toContain('faults.js');
  expect(await pool.run(1, { name: 'echo' })).toBe(1);
});

test.each([
  ['null', null],
  ['undefined', undefined],
  ['text', 'text'],
])('thrown: %s', async (what, thrown) => {
  const pool = makePool();
  const caught = await pool.run(what, { name: 'throws' }).then(
    () => 'no error',
    (error) => ({ error }),
  );
  expect(caught).toEqual({ error: thrown });
});

test('undefined, null, nothing: there and back', async () => {
  const pool = makePool();
  expect(await pool.run(undefined, { name: 'echo' })).toBe(undefined);
  expect(await pool.run(null, { name: 'echo' })).toBe(null);
  expect(await pool.run([undefined, null, Number.NaN, -0], { name: 'echo' })).toEqual([undefined, null, Number.NaN, -0]);
  expect(await pool.run('\n\u2028\0"\\', { name: 'echo' })).toBe('\n\u2028\0"\\');
});
