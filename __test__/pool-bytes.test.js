'use strict';
// Bytes that go with tasks, and come back with results.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { alloc } = require('../js/ipc');
const { patterned, sumOf } = require('./lib/bytes.js');
const { endPools, makePool } = require('./lib/pools.js');

const filename = path.join(__dirname, 'fixtures/pool/bytes.js');
const KB = 1024;
const MB = 1024 * KB;

const open = (options) => makePool({ filename, ...options });

afterEach(endPools);

describe('bytes of every size', () => {
  const sizes = [0, 1, 4095, 4096, 4097, 64 * KB - 1, 64 * KB, 64 * KB + 1, 512 * KB, MB - 1, MB, MB + 1, 7 * MB + 13];

  test('arrive as they were, and the results do', async () => {
    const pool = open();
    // Twice: a worker has not mapped the memory when it gets the first of them.
    for (const size of [...sizes, ...sizes]) {
      const bytes = patterned(size);
      expect(await pool.run(bytes, { name: 'sum' })).toBe(sumOf(bytes));
      const next = await pool.run(bytes, { name: 'next' });
      expect(next.length).toBe(size);
      for (let i = 0; i < size; i += 4093) expect(next[i]).toBe((bytes[i] + 1) & 255);
      expect(sumOf(bytes)).toBe(sumOf(patterned(size)));
    }
  });

  test('at once, to many workers', async () => {
    const pool = open({ minWorkers: 4, maxWorkers: 4 });
    const all = Array.from({ length: 120 }, (_, i) => patterned(sizes[i % sizes.length] + i));
    const sums = await Promise.all(all.map((bytes) => pool.run(bytes, { name: 'sum' })));
    expect(sums).toEqual(all.map(sumOf));
    const back = await Promise.all(all.map((bytes) => pool.run(bytes, { name: 'echo' })));
    expect(back.map(sumOf)).toEqual(all.map(sumOf));
  });

  test('several in one task, and every kind of them', async () => {
    const pool = open();
    const value = {
      small: patterned(10),
      large: patterned(MB),
      buffer: patterned(100 * KB).buffer,
      numbers: new Float64Array(20_000).fill(Math.PI),
      view: new DataView(new ArrayBuffer(70 * KB), 4, 1000),
      text: 'ä'.repeat(100_000),
      wide: '→'.repeat(100_000),
      list: Array.from({ length: 200 }, (_, i) => patterned(i * 10)),
      none: undefined,
    };
    const back = await pool.run(value, { name: 'echo' });
    expect(Object.keys(back)).toEqual(Object.keys(value));
    const named = (bytes) => [bytes.constructor.name, sumOf(bytes)];
    for (const key of ['small', 'large', 'buffer', 'numbers', 'view']) expect(named(back[key])).toEqual(named(structuredClone(value[key])));
    expect([back.text === value.text, back.wide === value.wide, back.none]).toEqual([true, true, undefined]);
    expect(back.list.map(sumOf)).toEqual(value.list.map(sumOf));
  });

  test('of Blobs', async () => {
    const pool = open();
    const blob = await pool.run(new Blob([patterned(MB), 'end']), { name: 'echo' });
    expect(sumOf(Buffer.from(await blob.arrayBuffer()))).toBe(sumOf(Buffer.concat([patterned(MB), Buffer.from('end')])));
  });
});

test('who has submitted bytes may change them at once', async () => {
  const pool = open();
  const bytes = patterned(MB);
  const tasks = Array.from({ length: 20 }, () => {
    const sum = sumOf(bytes);
    const task = pool.run(bytes, { name: 'sum' });
    bytes.fill(bytes[0] + 1);
    return { sum, task };
  });
  for (const { sum, task } of tasks) expect(await task).toBe(sum);
});

test('what is transferred is gone here, and there as it was', async () => {
  const pool = open();
  for (const size of [1000, MB]) {
    const { buffer } = new Uint8Array(size).fill(7);
    const task = pool.run(new Uint8Array(buffer), { name: 'sum', transfer: [buffer] });
    expect(buffer.byteLength).toBe(0);
    expect(await task).toBe(sumOf(Buffer.alloc(size, 7)));
  }
});

describe('memory that is allocated for workers', () => {
  test('is given away as it is', async () => {
    const pool = open();
    for (let round = 0; round < 3; round++) {
      for (const size of [64 * KB, MB, 5 * MB + 1]) {
        const buffer = pool.alloc(size);
        expect(buffer.byteLength).toBe(size);
        new Uint8Array(buffer).set(patterned(size));
        const task = pool.run(buffer, { name: 'echo' });
        expect(buffer.byteLength).toBe(process.platform === 'linux' ? 0 : size);
        expect(sumOf(Buffer.from(await task))).toBe(sumOf(patterned(size)));
      }
    }
  });

  test('of a part of it a copy is sent', async () => {
    const pool = open();
    const buffer = pool.alloc(MB);
    const part = Buffer.from(buffer, 4096, 100 * KB);
    part.set(patterned(100 * KB));
    expect(await pool.run(part, { name: 'sum' })).toBe(sumOf(part));
    expect(buffer.byteLength).toBe(MB);
  });

  test('is ordinary below 64 KiB, and when it is for another pool it is copied', async () => {
    const [pool, other] = [open(), open()];
    expect(pool.alloc(10).byteLength).toBe(10);
    expect(() => pool.alloc(-1)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
    const buffer = pool.alloc(MB);
    new Uint8Array(buffer).fill(9);
    expect(await other.run(buffer, { name: 'sum' })).toBe(sumOf(Buffer.alloc(MB, 9)));
    expect(buffer.byteLength).toBe(MB);
  });

  test('of alloc() of ipc, which is nobody’s before', async () => {
    const pool = open();
    for (const size of [MB, 3 * MB]) {
      const buffer = alloc(size);
      new Uint8Array(buffer).fill(5);
      expect(await pool.run(buffer, { name: 'sum' })).toBe(sumOf(Buffer.alloc(size, 5)));
    }
  });

  test('a worker that is refused a task leaves it to its owner', async () => {
    const pool = open({ maxQueuedBytes: 1.5 * MB });
    const first = pool.run(100, { name: 'wait' });
    const buffers = [pool.alloc(MB), pool.alloc(MB)];
    const [accepted, refused] = buffers.map((buffer) => pool.run(buffer, { name: 'sum' }));
    await expect(refused).rejects.toMatchObject({ code: 'ERR_PROCS_QUEUE_FULL' });
    expect(buffers[1].byteLength).toBe(MB);
    await Promise.all([first, accepted]);
  });
});

test('a task that is tried again gets its bytes as they were', async () => {
  const pool = open();
  for (const make of [(bytes) => bytes, (bytes) => Buffer.from(alloc(bytes.length)).fill(bytes), (bytes) => bytes.subarray(0, 1000)]) {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'procs-')), 'begun');
    const bytes = make(patterned(MB));
    const sum = sumOf(bytes);
    expect(await pool.run({ file, bytes }, { name: 'dieOnce', retries: 1 })).toBe(sum);
    fs.rmSync(path.dirname(file), { recursive: true });
  }
});

test('a task in a process of its own gets its bytes', async () => {
  const pool = open({ maxWorkers: 2 });
  for (const size of [10, 3 * MB]) expect(await pool.run(patterned(size), { name: 'sum', isolate: true })).toBe(sumOf(patterned(size)));
});

test('progress and messages of a worker carry bytes', async () => {
  const pool = open();
  const told = [];
  pool.on('message', ({ bytes }, { name }) => told.push([name, sumOf(bytes)]));
  for (const size of [100, MB]) {
    const bytes = patterned(size);
    const options = { name: 'progress', onProgress: (progress) => told.push(['progress', sumOf(progress.bytes)]) };
    expect(await pool.run(bytes, options)).toBe(size);
    expect(told.splice(0).sort()).toEqual([
      ['bytes', sumOf(bytes)],
      ['progress', sumOf(bytes)],
    ]);
  }
});

test('a task that is too large is refused, and nothing else is', async () => {
  const pool = open();
  await expect(pool.run(new ArrayBuffer(256 * MB + 1), { name: 'echo' })).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_TOO_LARGE' });
  expect(await pool.run('x', { name: 'echo' })).toBe('x');
});
