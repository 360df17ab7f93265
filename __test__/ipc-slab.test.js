'use strict';
// Large Buffers through shared memory, between two processes.

const fs = require('node:fs');
const path = require('node:path');
const { createHash } = require('node:crypto');
const { once } = require('node:events');
const { spawn } = require('../js/child_process');
const { SharedMemory, alloc, release } = require('../js/ipc');
const { cleanEnv, fixtures, runForJson } = require('./lib/run-node.js');

const onLinux = process.platform === 'linux' ? describe : describe.skip;
const PROGRAM = path.join(fixtures, 'ipc-slab/child.js');
const MB = 1 << 20;

const sumOf = (bytes) => createHash('sha1').update(bytes).digest('hex');
const patterned = (length) => Buffer.alloc(length, `${length}.`);
const mapped = () => fs.readFileSync('/proc/self/maps', 'latin1').split('procs-slab').length - 1;

let children = [];

function start(channel = undefined, [file, ...args] = [process.execPath, PROGRAM]) {
  const child = spawn(file, args, {
    serialization: 'structured',
    channel,
    env: cleanEnv(),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  children.push(child);
  return child.channel;
}

/** Until each end has mapped the other's first slab. */
async function warmed(channel) {
  for (let i = 0; i < 10; i++) if ((await channel.request({ what: 'look', value: patterned(70_000) })).shared) return channel;
  throw new Error('no shared memory');
}

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  children = [];
});

onLinux('what is sent', () => {
  test('comes as it went, in shared memory from 64 KiB on', async () => {
    const channel = await warmed(start());
    for (const length of [65_535, 65_536, 65_537, 69_632, 100_001, MB, 3 * MB + 1]) {
      const value = patterned(length);
      let look = await channel.request({ what: 'look', value });
      // A larger slab may have to be mapped first, or the last piece to come back.
      for (let i = 0; i < 10 && length >= 65_536 && !look.shared; i++) look = await channel.request({ what: 'look', value });
      expect(look).toEqual({
        sum: sumOf(value),
        length,
        shared: length >= 65_536,
        left: length >= 65_536 ? 0 : length,
      });
      // The sender's own is as it was.
      expect(sumOf(value)).toBe(sumOf(patterned(length)));
    }
  });

  test('is the receiver’s: what either end changes, the other does not see', async () => {
    const channel = await warmed(start());
    const value = patterned(MB);
    expect(await channel.request({ what: 'change', value })).toBe(sumOf(Buffer.alloc(MB, 1)));
    expect(sumOf(value)).toBe(sumOf(patterned(MB)));
    await channel.request({ what: 'keep', value });
    value.fill(0);
    expect(await channel.request({ what: 'sums' })).toEqual([sumOf(patterned(MB))]);
  });

  test('comes back, and goes on to another', async () => {
    const [one, two] = await Promise.all([warmed(start()), warmed(start())]);
    const value = patterned(MB);
    for (let i = 0; i < 3; i++) {
      const back = await one.request({ what: 'echo', value });
      expect(sumOf(back)).toBe(sumOf(value));
      expect((await two.request({ what: 'look', value: back })).sum).toBe(sumOf(value));
    }
  });

  test('uses the same memory again and again', async () => {
    const channel = await warmed(start());
    const value = patterned(MB);
    for (let i = 0; i < 200; i++) await channel.request({ what: 'look', value });
    expect(await channel.request({ what: 'mapped' })).toBeLessThanOrEqual(3);
  });

  test('nobody has to release anything: what is collected is used again', async () => {
    const channel = await warmed(start({ maxSharedMemory: 8 * MB }));
    const value = patterned(MB);
    for (let i = 0; i < 12; i++) await channel.request({ what: 'keep', value });
    // The memory is full of what is kept: this went another way.
    expect((await channel.request({ what: 'look', value })).shared).toBe(false);
    await channel.request({ what: 'forget' });
    let shared = false;
    while (!shared) {
      await channel.request({ what: 'collect' });
      shared = (await channel.request({ what: 'look', value })).shared;
    }
    expect(shared).toBe(true);
  });

  test('who waits for each message stays within it, where the receiver releases', async () => {
    const channel = await warmed(start({ maxSharedMemory: 8 * MB }));
    for (let i = 0; i < 200; i++) {
      const buffer = channel.alloc(2 * MB);
      await channel.send({ value: buffer });
      expect(buffer.byteLength).toBe(0);
    }
    expect(await channel.request({ what: 'counts' })).toEqual({ came: 200, shared: 200 });
  });

  test('a receiver that keeps all of it stops nobody', async () => {
    const channel = await warmed(start({ maxSharedMemory: 4 * MB }));
    for (let i = 0; i < 20; i++) await channel.send({ value: patterned(MB), keep: true });
    expect(await channel.request({ what: 'sums' })).toEqual(Array(20).fill(sumOf(patterned(MB))));
    await channel.close();
  });

  test('with none of it, or more than there is, it goes through the stream', async () => {
    for (const maxSharedMemory of [0, 100_000]) {
      const channel = start({ maxSharedMemory });
      const values = Array.from({ length: 20 }, (_, i) => patterned(MB + i));
      const looks = values.map((value) => channel.request({ what: 'look', value }));
      for (const [i, look] of (await Promise.all(looks)).entries()) expect(look).toMatchObject({ sum: sumOf(values[i]), shared: false });
      expect(await channel.request({ what: 'mapped' })).toBe(0);
    }
  });

  test('an end without a descriptor left gets its bytes all the same, and shared memory when it has one', async () => {
    const channel = start(undefined, ['/bin/sh', '-c', 'ulimit -n 60; exec "$@"', 'sh', process.execPath, PROGRAM]);
    expect(await channel.request({ what: 'exhaust' })).toBe('EMFILE');
    const value = patterned(100_000);
    for (let i = 0; i < 5; i++) expect(await channel.request({ what: 'look', value })).toMatchObject({ sum: sumOf(value), shared: false });
    await channel.request({ what: 'relent' });
    let looks = 0;
    while (!(await channel.request({ what: 'look', value })).shared) looks++;
    expect(looks).toBeLessThan(1000);
  });
});

onLinux('what alloc() made', () => {
  test('can be in `transfer`, and is gone then however it travels', async () => {
    const [one, two] = await Promise.all([warmed(start()), warmed(start())]);
    const sum = sumOf(Buffer.alloc(MB, 't'));
    const filled = () => {
      const buffer = one.alloc(MB);
      Buffer.from(buffer).fill('t');
      return buffer;
    };
    // Given as it is; copied, since it is another channel's; copied, since something before it has to wait.
    const [given, copied, kept, unsent] = Array.from({ length: 4 }, filled);
    expect((await one.request({ what: 'look', value: new Uint8Array(given) }, { transfer: [given] })).sum).toBe(sum);
    expect((await two.request({ what: 'look', value: new Uint8Array(copied) }, { transfer: [copied] })).sum).toBe(sum);
    const first = one.request({ what: 'look', value: new Uint8Array(1), blob: new Blob(['first']) });
    const behind = one.request({ what: 'look', value: new Uint8Array(kept) }, { transfer: [kept] });
    await first;
    expect((await behind).sum).toBe(sum);
    await one.request({ what: 'look', value: new Uint8Array(1) }, { transfer: [unsent] });
    expect([given, copied, kept, unsent].map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, 0]);
    const refused = filled();
    expect(() => one.send(() => {}, { transfer: [refused] })).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
    expect(refused.byteLength).toBe(MB);
  });

  test('is detached when it is sent, and arrives', async () => {
    const channel = await warmed(start());
    for (const make of [alloc, (size) => channel.alloc(size)]) {
      for (let i = 0; i < 3; i++) {
        const buffer = make(2 * MB);
        const view = Buffer.from(buffer).fill('y');
        await expect(channel.request({ what: 'look', value: view })).resolves.toEqual({
          sum: sumOf(Buffer.alloc(2 * MB, 'y')),
          length: 2 * MB,
          shared: true,
          left: 0,
        });
        expect([buffer.byteLength, view.length]).toEqual([0, 0]);
      }
    }
  });

  test('goes without a copy also as the first of all', async () => {
    const channel = start();
    await once(channel, 'open');
    const look = await channel.request({ what: 'look', value: Buffer.from(channel.alloc(MB)).fill(1) });
    expect(look).toMatchObject({ shared: true, sum: sumOf(Buffer.alloc(MB, 1)) });
  });

  test('and used again, it does not become more', async () => {
    const channel = await warmed(start());
    const before = mapped();
    for (let i = 0; i < 200; i++) await channel.request({ what: 'look', value: Buffer.from(alloc(MB)).fill(i) });
    expect(mapped()).toBeLessThanOrEqual(before + 3);
  });

  test('in the slab of another channel, is copied', async () => {
    const [one, two] = await Promise.all([warmed(start()), warmed(start())]);
    const bound = Buffer.from(one.alloc(MB)).fill('z');
    for (let i = 0; i < 2; i++) expect((await two.request({ what: 'look', value: bound })).sum).toBe(sumOf(Buffer.alloc(MB, 'z')));
    expect(bound.length).toBe(MB);
    expect((await one.request({ what: 'look', value: bound })).shared).toBe(true);
    expect(bound.length).toBe(0);
  });

  test('is ordinary memory below 64 KiB, and where there is no more', async () => {
    const channel = await warmed(start({ maxSharedMemory: MB }));
    for (const buffer of [alloc(0), alloc(65_535), channel.alloc(2 * MB), alloc(2 ** 31)]) expect(release(buffer)).toBe(false);
    const buffer = channel.alloc(2 * MB);
    const look = await channel.request({ what: 'look', value: buffer });
    expect(look).toMatchObject({ shared: false, length: 2 * MB });
    for (const size of [-1, 1.5, Number.NaN, '1', undefined])
      expect(() => alloc(size)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_/) }));
  });

  test('comes from the child as well, and can be sent back', async () => {
    const channel = await warmed(start());
    for (let i = 0; i < 3; i++) {
      const given = await channel.request({ what: 'give', length: MB });
      expect(given.every((byte) => byte === 5)).toBe(true);
      expect((await channel.request({ what: 'look', value: given })).sum).toBe(sumOf(Buffer.alloc(MB, 5)));
      expect([release(given), given.length, release(given.buffer)]).toEqual([true, 0, false]);
    }
  });
});

onLinux('release()', () => {
  test('is for any view, once, and only for what is shared', async () => {
    const channel = await warmed(start());
    let back;
    let released = false;
    // Through the stream at first: nothing happens then.
    while (!released) {
      back = await channel.request({ what: 'echo', value: patterned(MB) });
      released = release(new DataView(back.buffer));
      expect(back.length).toBe(released ? 0 : MB);
    }
    expect(release(back)).toBe(false);
    const own = alloc(MB);
    expect([channel.release(own), own.byteLength, release(own)]).toEqual([true, 0, false]);
    const memory = SharedMemory.create(MB);
    for (const ordinary of [Buffer.alloc(MB), new ArrayBuffer(MB), Buffer.from('x'), memory.buffer]) expect(release(ordinary)).toBe(false);
    expect(memory.buffer.byteLength).toBe(MB);
    memory.close();
    for (const none of [undefined, null, 'x', {}, [], new SharedArrayBuffer(8)])
      expect(() => release(none)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  });
});

onLinux('the end', () => {
  test('what was received outlives its channel and its sender', async () => {
    const channel = await warmed(start());
    const value = patterned(2 * MB);
    let back;
    for (let i = 0; i < 4; i++) back = await channel.request({ what: 'echo', value });
    const own = channel.alloc(MB);
    children[0].kill('SIGKILL');
    await once(channel, 'close');
    expect(sumOf(back)).toBe(sumOf(value));
    back.fill(1);
    new Uint8Array(own).fill(2);
    expect(release(back)).toBe(true);
    await expect(channel.send(own)).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED' });
    // Not sent, so not detached.
    expect(own.byteLength).toBe(MB);
  });

  test('a thousand channels leave nothing, also where something was held', async () => {
    expect(await runForJson(['ipc-slab/thousand.js'])).toEqual({ used: true, mappings: 0, descriptors: 0 });
  });
});
