'use strict';
// Bytes between JavaScript and Python: large ones through shared memory, and what becomes of it.

const { run } = require('@x/procs');
const { SharedMemory } = require('@x/procs/ipc');
const { sharedWorker, testPython } = require('./lib/python.js');

const onLinux = process.platform === 'linux' ? testPython : test.skip;

const python = sharedWorker(run);
const { ask } = python;

testPython('many sizes there and back', async () => {
  for (const size of [0, 1, 4095, 65_535, 65_536, 70_001, 1_000_003, 5_000_000]) {
    const bytes = new Uint8Array(size).map((_, n) => n * 7 + size);
    expect(Buffer.compare(Buffer.from(await python.channel.request(bytes)), bytes)).toBe(0);
  }
});

onLinux('a buffer in shared memory is used where it is, and its place is used again', async () => {
  const size = 1_000_000;
  const where = new Set();
  for (let n = 0; n < 300; n++) {
    const bytes = new Uint8Array(python.channel.alloc(size)).fill(n);
    expect(await ask('all-of', bytes.buffer)).toEqual([n % 256, size]);
    if (n > 100) where.add(await ask('where', new Uint8Array(size)));
  }
  // A bytearray is one that came through the socket.
  expect([...where]).toEqual([`c_ubyte_Array_${size}`]);
});

onLinux('SharedMemory is seen by both', async () => {
  const memory = SharedMemory.create(65_536);
  const bytes = Buffer.from(memory.buffer);
  bytes.write('....ours');
  expect(Buffer.from(await ask('fill', memory)).toString()).toBe('ours');
  expect(bytes.toString('latin1', 0, 8)).toBe('seenours');
});

onLinux('nothing of all that is left open over there', async () => {
  const before = await ask('descriptors');
  for (let n = 0; n < 50; n++) {
    await python.channel.request(Buffer.alloc(300_000));
    await ask('fill', SharedMemory.create(4096));
  }
  expect(await ask('descriptors')).toBe(before);
});
