'use strict';
// Shared memory that is not used any more.

const fs = require('node:fs');
const path = require('node:path');
const { release } = require('../js/ipc');
const { endPools, makePool, until } = require('./lib/pools.js');

const BYTES = path.join(__dirname, 'fixtures/pool/bytes.js');
const SIZE = 2 * 1024 * 1024;

afterEach(endPools);

/** Bytes of memory behind what this process shares with its workers, whoever has made it. */
function shared() {
  let bytes = 0;
  let isSlab = false;
  for (const line of fs.readFileSync('/proc/self/smaps', 'latin1').split('\n')) {
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) isSlab = line.includes('memfd:procs-slab');
    else if (isSlab && line.startsWith('Rss:')) bytes += Number.parseInt(line.slice(4), 10) * 1024;
  }
  return bytes;
}

const filled = (byte) => new Uint8Array(SIZE).fill(byte);

/** What comes back is in nobody's hands afterwards, nor is what came to the worker: V8 would let go of it when it likes. */
async function goThrough(pool, count) {
  for (let i = 0; i < count; i++) {
    const back = await pool.run(filled(i), { name: 'keepAndEcho' });
    if (back.length !== SIZE || back[0] !== i || back[SIZE - 1] !== i) throw new Error(`${i} was not what came back`);
    release(back);
  }
  expect(shared()).toBeGreaterThan(2 * SIZE);
  await pool.run(null, { name: 'release' });
}

const testLinux = process.platform === 'linux' ? test : test.skip;

testLinux('is given back in both directions, and what somebody holds stays as it is', async () => {
  const pool = makePool({ filename: BYTES });
  await goThrough(pool, 5);
  const held = await pool.run(filled(77), { name: 'keepAndEcho' });
  await goThrough(pool, 5);
  await until(() => shared() <= SIZE + 64 * 1024);
  expect(Buffer.compare(held, filled(77))).toBe(0);
  // It is there again as soon as somebody needs it.
  await goThrough(pool, 3);
  expect(Buffer.compare(held, filled(77))).toBe(0);
});
