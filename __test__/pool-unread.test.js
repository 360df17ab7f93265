'use strict';
// What is said to workers that do not read.

const path = require('node:path');
const { once } = require('node:events');
const { endPools, makePool, workerPids } = require('./lib/pools.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');

afterEach(endPools);

/** Says it to all until one that does not read gets no more of it. @returns {number} how often it was heard by all */
function sayUntilFull(pool, message, most) {
  for (let said = 0; said < most; said++) if (pool.broadcast(message) === 0) return said;
  throw new Error(`${most} of them are kept for it`);
}

test('broadcasts are kept for a worker that does not read up to a bound, and it gets all that it was counted for', async () => {
  const pool = makePool({ filename: WORKS });
  await once(pool, 'workerUp');
  const [pid] = workerPids(pool);
  process.kill(pid, 'SIGSTOP');
  const long = sayUntilFull(pool, 'x'.repeat(1024 * 1024), 200);
  expect(long).toBeGreaterThanOrEqual(64);
  process.kill(pid, 'SIGCONT');
  expect(await pool.run(null, { name: 'heard' })).toHaveLength(long);
  // It has read: there is room again.
  expect(pool.broadcast('again')).toBe(1);
});

test('short ones take room of their own', async () => {
  const pool = makePool({ filename: WORKS });
  await once(pool, 'workerUp');
  const [pid] = workerPids(pool);
  process.kill(pid, 'SIGSTOP');
  const short = sayUntilFull(pool, 1, 1_000_000);
  process.kill(pid, 'SIGCONT');
  expect(await pool.run(null, { name: 'heard' })).toHaveLength(short);
});
