'use strict';

const fs = require('node:fs');
const { getEventListeners } = require('node:events');
const { inspect } = require('node:util');
const { SharedMemory } = require('../js/ipc');
const { runForJson, runNode } = require('./lib/run-node.js');
const { Peer } = require('./lib/shared-memory-peer.js');

const onLinux = process.platform === 'linux' ? describe : describe.skip;
const nameOf = (what) => `procs-test-${process.pid}-${what}`;

onLinux('two processes', () => {
  let peer;
  let memory;
  beforeEach(async () => {
    peer = await Peer.start();
    memory = SharedMemory.create({ name: nameOf('two'), size: 4096 });
    await peer.ask('open', nameOf('two'));
  });
  afterEach(async () => {
    memory.unlink();
    memory.close();
    await peer.kill();
  });

  test('see the same bytes', async () => {
    const cells = new Int32Array(memory.buffer);
    expect(Array.from(cells).every((cell) => cell === 0)).toBe(true);
    cells[1023] = -7;
    expect((await peer.ask('cells'))[1023]).toBe(-7);
    await peer.ask('store', 5, 55);
    expect(cells[5]).toBe(55);
  });

  test('add to one cell at the same time, and lose nothing', async () => {
    const times = 300_000;
    const added = peer.ask('add', 0, times);
    const cells = new Int32Array(memory.buffer);
    for (let i = 0; i < times; i++) Atomics.add(cells, 0, 1);
    await added;
    expect(Atomics.load(cells, 0)).toBe(2 * times);
  });

  test('wait for each other', async () => {
    const waited = peer.ask('wait', 3, 0, {});
    await untilWaits(memory, 3, 1);
    await expect(waited).resolves.toBe('ok');

    const ours = memory.wait(4, 0);
    while ((await peer.ask('notify', 4, 1)) === 0);
    await expect(ours).resolves.toBe('ok');
    // Nobody is left.
    expect(memory.notify(3)).toBe(0);
    expect(await peer.ask('notify', 4)).toBe(0);
  });

  test('a change of the cell alone wakes nobody; it is what the next wait sees', async () => {
    const waited = peer.ask('wait', 3, 0, { timeout: 50 });
    Atomics.store(new Int32Array(memory.buffer), 3, 1);
    expect(['timed-out', 'not-equal']).toContain(await waited);
    await expect(peer.ask('wait', 3, 0, {})).resolves.toBe('not-equal');
  });
});

/** Wakes `count` as soon as they wait. */
async function untilWaits(memory, index, count) {
  for (let woken = 0; woken < count; ) {
    woken += memory.notify(index, count - woken);
    await new Promise(setImmediate);
  }
}

onLinux('waiting', () => {
  let memory;
  beforeEach(() => {
    memory = SharedMemory.create(64);
  });
  afterEach(() => memory.close());

  test('is answered at once where the cell holds something else', async () => {
    await expect(memory.wait(0, 1)).resolves.toBe('not-equal');
    new Int32Array(memory.buffer)[0] = -2147483648;
    await expect(memory.wait(0, -2147483648, { timeout: 0 })).resolves.toBe('timed-out');
    await expect(memory.wait(0, -2147483648, { timeout: 5 })).resolves.toBe('timed-out');
  });

  test('ends with an AbortError, whose cause is the reason', async () => {
    const reason = new Error('enough');
    await expect(memory.wait(0, 0, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({ name: 'AbortError', cause: reason });
    const controller = new AbortController();
    const waited = memory.wait(0, 0, { signal: controller.signal });
    controller.abort(reason);
    await expect(waited).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: reason });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('a wait that was aborted takes no notify from another', async () => {
    for (let i = 0; i < 50; i++) {
      const controller = new AbortController();
      const aborted = memory.wait(2, 0, { signal: controller.signal }).catch((error) => error.name);
      const waited = memory.wait(2, 0);
      setImmediate(() => controller.abort());
      // Whoever is woken: one of them is, and the other one is left to be woken, or was aborted.
      await untilWaits(memory, 2, 1);
      if ((await aborted) === 'ok') await untilWaits(memory, 2, 1);
      await expect(waited).resolves.toBe('ok');
    }
  });

  test('many at once, woken by as many as are asked for', async () => {
    const results = [];
    const waits = Array.from({ length: 20 }, () => memory.wait(1, 0).then((result) => results.push(result)));
    await untilWaits(memory, 1, 5);
    await Promise.race(waits);
    await untilWaits(memory, 1, 15);
    await Promise.all(waits);
    expect(results).toEqual(Array(20).fill('ok'));
    expect(memory.notify(1)).toBe(0);
  });

  test('ends when the memory is closed', async () => {
    const waited = memory.wait(0, 0);
    memory.close();
    await expect(waited).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED' });
  });

  test('keeps the process, unless it need not', async () => {
    const program = (options, after) => `
      const { SharedMemory } = require(${JSON.stringify(require.resolve('../js/ipc'))});
      const memory = SharedMemory.create(64);
      memory.wait(0, 0, ${options}).then((result) => console.log(result));
      ${after}
    `;
    expect(await runNode(['-e', program('{ timeout: 20 }', '')])).toMatchObject({ code: 0, stdout: 'timed-out\n' });
    expect(await runNode(['-e', program('{ ref: false }', '')])).toMatchObject({ code: 0, stdout: '' });
    // A Worker that waits can be ended.
    const worker = `
      const { Worker } = require('worker_threads');
      const worker = new Worker(${JSON.stringify(program('{}', "require('worker_threads').parentPort.postMessage(0);"))}, { eval: true });
      worker.once('message', async () => { await worker.terminate(); console.log('terminated'); });
    `;
    expect(await runNode(['-e', worker])).toMatchObject({ code: 0, stdout: 'terminated\n' });
  });
});

onLinux('a name', () => {
  const file = (name) => `/dev/shm/${name}`;

  test('is for its owner only, and holds as much as was asked for', () => {
    const name = nameOf('mode');
    const previous = process.umask(0);
    try {
      const memory = SharedMemory.create({ name, size: 10_000 });
      const { mode, size } = fs.statSync(file(name));
      expect([mode & 0o777, size]).toEqual([0o600, 10_000]);
      memory.unlink();
      expect(fs.existsSync(file(name))).toBe(false);
      // Those that have it keep it.
      new Uint8Array(memory.buffer)[9999] = 1;
      memory.close();
    } finally {
      process.umask(previous);
    }
  });

  test('that somebody uses is refused, and one that was left over is replaced', async () => {
    const name = nameOf('stale');
    const peer = await Peer.start();
    await peer.ask('create', name, 4096);
    expect(() => SharedMemory.create({ name, size: 64 })).toThrow(expect.objectContaining({ code: 'EEXIST', syscall: 'shm_open' }));
    const opened = SharedMemory.open(name);
    expect(opened.byteLength).toBe(4096);
    // This process has it now, too.
    await peer.kill();
    expect(() => SharedMemory.create({ name, size: 64 })).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    opened.close();
    const left = nameOf('left');
    const another = await Peer.start();
    await another.ask('create', left, 4096);
    await another.kill();
    const memory = SharedMemory.create({ name: left, size: 64 });
    expect(memory.byteLength).toBe(64);
    memory.unlink();
    memory.close();
    // Now it can be had as well.
    const again = SharedMemory.create({ name, size: 64 });
    again.unlink();
    again.close();
  });

  test('that is not there, is no memory, or is somebody else’s', () => {
    const name = nameOf('refused');
    expect(() => SharedMemory.open(name)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    fs.writeFileSync(file(name), 'x'.repeat(64), { mode: 0o666 });
    fs.chmodSync(file(name), 0o660);
    expect(() => SharedMemory.open(name)).toThrow(expect.objectContaining({ code: 'EACCES' }));
    expect(() => SharedMemory.create({ name, size: 64 })).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    fs.chmodSync(file(name), 0o600);
    expect(SharedMemory.open(name).byteLength).toBe(64);
    fs.truncateSync(file(name), 0);
    expect(() => SharedMemory.open(name)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    fs.unlinkSync(file(name));
    fs.symlinkSync('/etc/passwd', file(name));
    expect(() => SharedMemory.open(name)).toThrow(expect.objectContaining({ code: 'EACCES' }));
    fs.unlinkSync(file(name));
    fs.mkdirSync(file(name));
    expect(() => SharedMemory.open(name)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    fs.rmdirSync(file(name));
  });

  test('is taken away only from what has it', () => {
    const name = nameOf('again');
    const first = SharedMemory.create({ name, size: 64 });
    fs.unlinkSync(file(name));
    const second = SharedMemory.create({ name, size: 64 });
    first.unlink();
    expect(fs.existsSync(file(name))).toBe(true);
    second.unlink();
    expect(fs.existsSync(file(name))).toBe(false);
    first.close();
    second.close();
  });

  test('without room for all of it there is no memory, and nothing is left', () => {
    const name = nameOf('huge');
    const { bsize, blocks } = fs.statfsSync('/dev/shm');
    expect(() => SharedMemory.create({ name, size: bsize * blocks * 2 })).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    expect(fs.existsSync(file(name))).toBe(false);
  });

  test.each(['', '.', '..', 'a/b', 'a\0b', 'x'.repeat(201)])('%j is none', (name) => {
    expect(() => SharedMemory.open(name)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
    expect(() => SharedMemory.create({ name, size: 64 })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  });
});

onLinux('what it is', () => {
  test('bad arguments are refused', async () => {
    for (const size of [undefined, null, '64', {}, { name: 'x' }, Number.NaN, 0, -1, 1.5])
      expect(() => SharedMemory.create(size)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^ERR_(INVALID_ARG_TYPE|OUT_OF_RANGE)$/) }),
      );
    // More than any machine has.
    expect(() => SharedMemory.create(2 ** 52)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^(ENOMEM|EINVAL|EFBIG)$/) }));
    expect(() => new SharedMemory()).toThrow(expect.objectContaining({ code: 'ERR_ILLEGAL_CONSTRUCTOR' }));
    const memory = SharedMemory.create(10);
    for (const index of [-1, 2, 1.5, '0'])
      await expect(memory.wait(index, 0)).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_/) });
    await expect(memory.wait(0, 2 ** 31)).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    await expect(memory.wait(0, 0, { timeout: -1 })).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    await expect(memory.wait(0, 0, { signal: 1 })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(() => memory.notify(2)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
    expect(() => memory.notify(0, -1)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
    expect(() => memory.unlink()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
    memory.close();
  });

  test('closed, nothing is left of it', async () => {
    const memory = SharedMemory.create(64);
    const { buffer } = memory;
    expect(inspect(memory)).toBe('SharedMemory { 64 bytes }');
    memory.close();
    memory.close();
    expect([buffer.byteLength, memory.byteLength, memory.closed]).toEqual([0, 0, true]);
    expect(() => memory.buffer).toThrow(expect.objectContaining({ code: 'ERR_PROCS_IPC_CLOSED' }));
    expect(() => memory.notify(0)).toThrow(expect.objectContaining({ code: 'ERR_PROCS_IPC_CLOSED' }));
    await expect(memory.wait(0, 0)).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED' });
  });

  test('a thousand of them leave neither descriptors nor mappings', async () => {
    expect(await runForJson(['ipc-shared-memory/thousand.js'])).toEqual({ descriptors: 0, mappings: 0, files: 0 });
  });
});
