'use strict';
// Workers that write what is no protocol. Seen elsewhere: it throws in the parent, outside of every task, and ends the application.

const { endPools, makePool, outcome } = require('./lib/pools.js');

afterEach(endPools);

const garbage = {
  'a line that is none': 'garbage\n',
  bytes: '\x00\xff\x80\x7f\n\xfe\n',
  'an answer to nobody': 'R999999:1\n',
  'an answer whose JSON is none': 'R1:{"a":\n',
  'an answer to a task of the future': 'R1000000:null\n',
  'a huge number': `R${'9'.repeat(400)}:1\n`,
  'a hello, again': '{"protocol":"procs","version":1}\n',
  'segments that do not come': 'R1~+b9999999:null\n',
  'shared memory that is nobody’s': 'L0 0 99999999999\n',
  'an endless line': 'R1:"'.padEnd(1 << 16, 'x'),
};

test.each(Object.entries(garbage))('%s: that worker only, and the application lives', async (_, text) => {
  const uncaught = jest.fn();
  process.on('uncaughtException', uncaught);
  try {
    const pool = makePool({ minWorkers: 2, maxWorkers: 2, abortGrace: 100 });
    const other = pool.run(300, { name: 'sleep' });
    // The task that writes it may be answered before anybody has read it; or its worker is cut off.
    const { result, name } = await outcome(pool.run(text, { name: 'garbage', timeout: 2000 }));
    expect(result ?? name).toMatch(/^(answered|WorkerError)$/);
    expect(await other).toBe(undefined);
    const after = await Promise.all(Array.from({ length: 20 }, (_x, i) => outcome(pool.run({ a: i, b: 0 }, { name: 'add', retries: 3 }))));
    expect(after.map(({ result }) => result)).toEqual(after.map((_x, i) => i));
  } finally {
    process.off('uncaughtException', uncaught);
  }
  expect(uncaught).not.toHaveBeenCalled();
});

test('a worker that closes its channel is at its end, and what it was running says so', async () => {
  const pool = makePool();
  const closed = await outcome(pool.run(null, { name: 'closeChannel' }));
  expect(closed.name).toBe('WorkerError');
  expect(await pool.run({ a: 1, b: 1 }, { name: 'add' })).toBe(2);
});
