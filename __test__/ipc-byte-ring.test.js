'use strict';

const path = require('node:path');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { fork } = require('../js/child_process');
const { ByteRing, SharedMemory } = require('../js/ipc');
const { pieces, sumOf } = require('./fixtures/ipc-byte-ring/bytes.js');
const { cleanEnv, fixtures } = require('./lib/run-node.js');

const onLinux = process.platform === 'linux' ? describe : describe.skip;
const CAPACITY = 1 << 16;
const HUNDRED_MB = 100e6;

let serial = 0;
let ring;
let children = [];

/** A ring with a name, and another process at its other end. */
function ringWith(what, bytes, capacity = CAPACITY) {
  const name = `procs-test-${process.pid}-ring-${++serial}`;
  const crash = new AbortController();
  ring = ByteRing.create(capacity, { name, signal: crash.signal });
  const args = [path.join(fixtures, 'ipc-byte-ring/peer.js'), what, name, `${bytes}`];
  const peer = spawn(process.execPath, args, { env: cleanEnv(), stdio: ['ignore', 'pipe', 'inherit'] });
  // Of one that ends well nothing has to be told.
  peer.once('exit', (code, signal) => code !== 0 && crash.abort(new Error(`the other end: ${signal ?? code}`)));
  children.push(peer);
  return peer;
}

async function collect(from) {
  const chunks = [];
  for await (const chunk of from) chunks.push(chunk);
  return chunks;
}

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  children = [];
  if (ring?.memory.closed === false) {
    if (ring.memory.name !== undefined) ring.memory.unlink();
    ring.close();
  }
  ring = undefined;
});

onLinux('between two processes', () => {
  test('100 MB come as they went, whatever the pieces', async () => {
    const peer = ringWith('write', HUNDRED_MB);
    const got = sumOf(await collect(ring));
    expect(got).toEqual(sumOf(pieces(HUNDRED_MB)));
    if (peer.exitCode === null) await once(peer, 'exit');
    expect(peer.exitCode).toBe(0);
  });

  test('and the other way', async () => {
    const peer = ringWith('read', 0);
    const printed = collect(peer.stdout);
    for (const piece of pieces(HUNDRED_MB)) await ring.write(piece);
    await ring.end();
    expect(JSON.parse(Buffer.concat(await printed))).toEqual(sumOf(pieces(HUNDRED_MB)));
  });

  test('a reader that leaves is noticed by the writer', async () => {
    ringWith('read-some', 10_000);
    const writing = (async () => {
      for (;;) await ring.write(Buffer.alloc(30_000));
    })();
    await expect(writing).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED', message: expect.stringContaining('takes no more') });
  });
});

onLinux('with a channel', () => {
  async function killed(what, use) {
    const child = fork(path.join(fixtures, 'ipc-byte-ring/child.js'), { serialization: 'structured', env: cleanEnv(), execArgv: [] });
    children.push(child);
    ring = ByteRing.create(CAPACITY, { channel: child.channel });
    const going = once(child.channel, 'message');
    await child.channel.send({ memory: ring.memory, what });
    const used = use(ring).catch((error) => error);
    await going;
    child.kill('SIGKILL');
    return used;
  }

  test('a writer that is killed is noticed by the reader, behind all that it had written', async () => {
    let length = 0;
    const error = await killed('write', async (from) => {
      for await (const chunk of from) length += chunk.length;
    });
    expect(error).toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED', message: expect.stringContaining('gone') });
    expect(length).toBeGreaterThanOrEqual(1_000_000);
  });

  test('a reader that is killed is noticed by the writer', async () => {
    const error = await killed('read', async (to) => {
      for (;;) await to.write(Buffer.alloc(100_000));
    });
    expect(error).toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED', message: expect.stringContaining('gone') });
  });
});

onLinux('one end after the other', () => {
  const other = () => new ByteRing(ring.memory);
  beforeEach(() => {
    ring = ByteRing.create(5000);
  });

  test('its capacity is a power of two', () => {
    expect([ring.capacity, other().capacity]).toEqual([8192, 8192]);
    expect(() => ByteRing.create(0)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
    expect(() => ByteRing.create(2 ** 30 + 1)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
  });

  test('a write waits for room', async () => {
    let done = false;
    const written = ring.write(Buffer.alloc(10_000, 'x')).then(() => {
      done = true;
    });
    await new Promise(setImmediate);
    expect(done).toBe(false);
    const reader = other()[Symbol.asyncIterator]();
    expect((await reader.next()).value.length).toBe(8192);
    await written;
    expect((await reader.next()).value.length).toBe(10_000 - 8192);
    await ring.end();
    expect(await reader.next()).toEqual({ value: undefined, done: true });
  });

  test('writes that nobody waits for keep their order, and end() comes behind them', async () => {
    const texts = Array.from({ length: 3000 }, (_, i) => `${i},`);
    for (const text of texts) ring.write(Buffer.from(text));
    const ended = ring.end();
    expect(Buffer.concat(await collect(other())).toString()).toBe(texts.join(''));
    await ended;
    await expect(ring.write(Buffer.alloc(1))).rejects.toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
  });

  test('any bytes, also none', async () => {
    await ring.write(Buffer.alloc(0));
    await ring.write(new Uint16Array([0x4241, 0x4443]).subarray(1));
    await ring.write(new DataView(new Uint8Array([1, 2, 3]).buffer, 1));
    await ring.write(new Uint8Array([9]).buffer);
    await ring.end();
    expect([...Buffer.concat(await collect(other()))]).toEqual([0x43, 0x44, 2, 3, 9]);
    expect(() => ring.write('text')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  });

  test('that an end waits is taken back by itself alone', async () => {
    const cells = new Int32Array(ring.memory.buffer);
    const reading = other()[Symbol.asyncIterator]().next();
    await new Promise(setImmediate);
    expect(cells[34]).toBe(1);
    // Its writer may be late with what it does about an earlier write: it must not take it for the end of this wait.
    await ring.write(Buffer.from('x'));
    expect(cells[34]).toBe(1);
    await reading;
    expect(cells[34]).toBe(0);
  });

  test('an end has one owner', async () => {
    await ring.write(Buffer.from('x'));
    await expect(other().write(Buffer.from('y'))).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_IN_USE' });
    await expect(other()[Symbol.asyncIterator]().next()).resolves.toMatchObject({ done: false });
    await expect(other()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_IN_USE' });
  });

  test('a signal ends what waits, behind what is there', async () => {
    const controller = new AbortController();
    const reader = new ByteRing(ring.memory, { signal: controller.signal })[Symbol.asyncIterator]();
    await ring.write(Buffer.from('there'));
    controller.abort(new Error('enough'));
    expect(`${(await reader.next()).value}`).toBe('there');
    await expect(reader.next()).rejects.toThrow('enough');
  });

  test('closed, whatever waits fails', async () => {
    const reading = other()[Symbol.asyncIterator]().next();
    ring.close();
    await expect(reading).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED' });
    await expect(ring.write(Buffer.alloc(1))).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED' });
    await expect(ring.end()).resolves.toBeUndefined();
  });

  test('positions come round', async () => {
    // As after 2^32 - 100 bytes.
    const cells = new Int32Array(ring.memory.buffer);
    cells[16] = -100;
    cells[32] = -100;
    const reading = collect(other());
    for (let i = 0; i < 100; i++) await ring.write(Buffer.alloc(777, i));
    await ring.end();
    const got = Buffer.concat(await reading);
    expect(got.length).toBe(77_700);
    expect(got.every((byte, at) => byte === Math.floor(at / 777))).toBe(true);
  });

  test('a hostile other end is an error, and nothing else', async () => {
    const cells = new Int32Array(ring.memory.buffer);
    for (const position of [8193, -1, 0x7fffffff]) {
      cells[16] = position;
      cells[36] = 0;
      await expect(other()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_PROTOCOL' });
    }
    // What its owner was, and that it takes no more, is forgotten.
    cells.fill(0, 16, 48);
    cells[32] = 1;
    await expect(ring.write(Buffer.alloc(1))).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_PROTOCOL' });
    for (const capacity of [0, 1, -1, 4095, 5000, 1 << 14, 1 << 30, 0x80000000 | 0]) {
      cells[1] = capacity;
      expect(other).toThrow(expect.objectContaining({ code: 'ERR_PROCS_IPC_GARBAGE' }));
    }
  });

  test('memory without a ring in it', () => {
    for (const size of [1, 255, 4096]) {
      const memory = SharedMemory.create(size);
      expect(() => new ByteRing(memory)).toThrow(expect.objectContaining({ code: 'ERR_PROCS_IPC_GARBAGE' }));
      memory.close();
    }
    expect(() => new ByteRing(new ArrayBuffer(9))).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
    expect(() => new ByteRing(ring.memory, { channel: {} })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  });
});
