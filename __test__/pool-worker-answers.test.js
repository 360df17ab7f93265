'use strict';
// When the answers of a worker are with its pool: whatever it does next does not hold them back.

const path = require('node:path');
const { Pool } = require('@x/procs');

const filename = path.join(__dirname, 'fixtures/pool-worker/tasks.js');
let pool;

afterEach(() => pool.destroy());

test.each([[undefined], ['quick']])('done is answered while the next one never ends: %s', async (name) => {
  pool = new Pool({ filename, minWorkers: 1, maxWorkers: 1, prefetch: 32 });
  // From here on it is on its ring.
  for (let i = 0; i < 20; i++) await pool.run(i);
  const before = Array.from({ length: 8 }, (_, i) => pool.run(i, { name }));
  const endless = pool.run(0, { name: 'forever' });
  const settled = expect(endless).rejects.toThrow();
  expect(await Promise.all(before)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  await pool.destroy();
  await settled;
});
