'use strict';
// A pool that has just been made: what its first worker does not wait for.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { SharedMemory } = require('../js/ipc/index.js');
const { runFixture } = require('./lib/fixture.js');
const { endPools, makePool } = require('./lib/pools.js');

const filename = path.join(__dirname, 'fixtures', 'pool', 'cold.js');

let folder;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-cold-'));
});

afterEach(async () => {
  await endPools();
  fs.rmSync(folder, { recursive: true });
});

/** This thread does nothing else. */
function blockUntil(isSo) {
  const end = Date.now() + 20_000;
  while (!isSo() && Date.now() < end) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

test('a worker is set up while JavaScript is blocked, without a task that it is needed for', async () => {
  const mark = path.join(folder, 'mark');
  const pool = makePool({ filename, workerData: mark });
  blockUntil(() => fs.existsSync(mark));
  expect(fs.existsSync(mark)).toBe(true);
  expect(await pool.run(undefined, { name: 'whoAmI' })).toEqual({ isWorker: true, workerId: 1, workerData: mark });
});

test("a worker's own files are not loaded by Node's require(), and the program has its own of what it requires", async () => {
  const pool = makePool({ filename });
  expect(await pool.run(undefined, { name: 'loaded' })).toEqual(['worker/entry.js']);
  expect(await pool.run(undefined, { name: 'whoAmI' })).toEqual({ isWorker: true, workerId: 1, workerData: undefined });
  expect(await pool.run(SharedMemory.create(4096), { name: 'isShared' })).toBe(true);
});

test('the first task of plain JSON does not wait for what knows all other values', async () => {
  const { sum, loaded } = await runFixture('pool/cold-parent');
  expect(sum).toBe(3);
  expect(loaded).toContain(path.join('ipc', 'values', 'encode.js'));
  expect(loaded).not.toContain(path.join('ipc', 'values', 'any.js'));
});
