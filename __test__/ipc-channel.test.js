'use strict';
// Messages between a parent and a child: order, bounds, who gets them.

const { AsyncLocalStorage } = require('node:async_hooks');
const { once } = require('node:events');
const path = require('node:path');
const { Channel } = require('../js/ipc');
const { fork, run, spawn } = require('..');
const { Collected, PEER, endAll, failure, start } = require('./lib/channels.js');

const fixture = (name) => path.join(__dirname, 'fixtures/ipc-channel', name);

afterEach(endAll);

describe('messages', () => {
  test('go both ways, as structuredClone has them, in their order', async () => {
    const { channel } = start();
    const inbox = new Collected(channel);
    const values = [
      1,
      'text',
      null,
      { plain: [1, 2, { three: 3 }] },
      undefined,
      new Map([[{ a: 1 }, new Set([1n])]]),
      new Date(5),
      Buffer.alloc(100_000, 7),
      'x'.repeat(100_000),
      '€'.repeat(50_000),
      [NaN, -0, Infinity],
      { last: true },
    ];
    await Promise.all(values.map((value) => channel.send(value)));
    expect(await inbox.take(values.length)).toEqual(values.map((value) => structuredClone(value)));
  });

  test('a great many in one turn, of many sizes', async () => {
    const { channel } = start();
    const inbox = new Collected(channel);
    const count = 5000;
    for (let i = 0; i < count; i++) channel.send(i % 100 === 0 ? { i, text: 'x'.repeat(i * 10) } : { i });
    const messages = await inbox.take(count);
    expect(messages.every(({ i, text }, at) => i === at && (text === undefined || text.length === i * 10))).toBe(true);
  });

  test('keep their order with Blobs, whose bytes have to be read', async () => {
    const { channel } = start();
    const inbox = new Collected(channel);
    channel.send(1);
    const sent = channel.send({ blob: new Blob(['a'.repeat(200_000)]) });
    channel.send(2);
    const buffer = Buffer.from('unchanged');
    channel.send(buffer);
    // It was sent already.
    buffer.fill('!');
    const answer = channel.request({ act: 'echo', value: 4 });
    await sent;
    const [first, { blob }, second, bytes] = await inbox.take(4);
    expect([first, blob.size, second, Buffer.from(bytes).toString(), await answer]).toEqual([1, 200_000, 2, 'unchanged', 4]);
  });

  test('what cannot be cloned is refused before anything is sent', async () => {
    const { channel } = start();
    const inbox = new Collected(channel);
    for (const value of [() => {}, Symbol('s'), { deep: [() => {}] }, new WeakMap(), new SharedArrayBuffer(8)]) {
      expect(() => channel.send(value)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
      expect(() => channel.request(value)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
    }
    channel.send('after it');
    expect(await inbox.take(1)).toEqual(['after it']);
  });

  test('transfer gives memory away', async () => {
    const { channel } = start();
    const inbox = new Collected(channel);
    const bytes = new Uint8Array(100_000).fill(3);
    channel.send(bytes, { transfer: [bytes.buffer] });
    expect(bytes.byteLength).toBe(0);
    const [echo] = await inbox.take(1);
    expect([echo.length, echo[99_999]]).toEqual([100_000, 3]);
  });

  test('alloc() is memory that is sent as it is, and release() gives it back', async () => {
    const { channel } = start();
    await channel.request({ act: 'nothing' });
    const buffer = channel.alloc(1_000_000);
    new Uint8Array(buffer).fill(9);
    const echo = await channel.request({ act: 'echo', value: buffer });
    expect([buffer.byteLength, echo.byteLength, new Uint8Array(echo)[999_999]]).toEqual([0, 1_000_000, 9]);
    expect(channel.release(echo)).toBe(echo.byteLength === 0);
    expect(channel.release(new ArrayBuffer(8))).toBe(false);
  });
});

describe('who gets them', () => {
  test('what came before the first listener waits for it', async () => {
    const { child, channel } = start(fixture('greets.js'));
    await once(child, 'exit');
    const inbox = new Collected(channel);
    expect(await inbox.take(3)).toEqual(['one', 'two', 'three']);
  });

  test('what a listener throws is an uncaughtException, and those behind it come all the same', async () => {
    const { stdout } = await run(process.execPath, [fixture('throws.js')]);
    expect(JSON.parse(stdout)).toEqual({ heard: [0, 1, 2, 3, 4, 5], uncaught: ['at 1', 'at 3'], answer: 'still there' });
  });

  test('a loop takes them one by one; what it leaves waits for the next', async () => {
    const { channel } = start(fixture('greets.js'));
    const first = [];
    for await (const message of channel) {
      first.push(message);
      break;
    }
    const rest = [];
    for await (const message of channel) rest.push(message);
    expect([first, rest]).toEqual([['one'], ['two', 'three']]);
  });

  test('a slow loop slows the sender', async () => {
    const { child, channel } = start(fixture('floods.js'), { channel: { maxQueuedBytes: 100_000 } });
    let seen = 0;
    for await (const { sent } of channel) {
      if (seen++ === 0) {
        // Our bound, its own, and what the kernel or the ring holds, is all that it could send without us.
        const [stuck] = await once(child.stdout, 'data');
        // It may have been so before, when we were slow: a line each.
        expect(Number.parseInt(stuck, 10)).toBeLessThan(20_000);
      }
      if (sent === 39_999) break;
    }
    expect(seen).toBe(40_000);
  });

  test('the context of a listener is that of the channel, and of an answer that of its request', async () => {
    const storage = new AsyncLocalStorage();
    const { channel } = storage.run('start', () => start());
    const seen = [];
    storage.run('listener', () => channel.on('message', () => seen.push(storage.getStore())));
    await storage.run('request', async () => {
      await channel.request({ act: 'nothing' });
      seen.push(storage.getStore());
      channel.send('echo');
    });
    await once(channel, 'message');
    expect(seen).toEqual(['request', 'start']);
  });
});

describe('the bound', () => {
  test('wait: the promise waits, needsDrain says so, and drain follows', async () => {
    const { channel } = start(PEER, { channel: { maxQueuedBytes: 100_000 } });
    await channel.request({ act: 'nothing' });
    channel.send({ act: 'block', milliseconds: 200 });
    const sent = [];
    while (!channel.needsDrain) sent.push(channel.send({ filler: 'x'.repeat(50_000) }));
    const last = channel.send('last');
    expect(channel.queuedBytes).toBeGreaterThanOrEqual(100_000);
    let isSent = false;
    last.then(() => (isSent = true));
    await null;
    expect(isSent).toBe(false);
    await once(channel, 'drain');
    await Promise.all(sent);
    await last;
    expect(channel.needsDrain).toBe(false);
  });

  test('reject: nothing is sent, and the caller is told', async () => {
    const { channel } = start(PEER, { channel: { maxQueuedBytes: 100_000, overflow: 'reject' } });
    const inbox = new Collected(channel);
    await channel.request({ act: 'nothing' });
    channel.send({ act: 'block', milliseconds: 200 });
    let count = 0;
    while (!channel.needsDrain) {
      channel.send({ filler: 'x'.repeat(50_000) });
      count++;
    }
    const errors = [await failure(channel.send('refused')), await failure(channel.request('refused'))];
    expect(errors.map(({ code }) => code)).toEqual(['ERR_PROCS_IPC_QUEUE_FULL', 'ERR_PROCS_IPC_QUEUE_FULL']);
    await once(channel, 'drain');
    await channel.send('taken');
    const messages = await inbox.take(count + 1);
    expect(messages.at(-1)).toBe('taken');
  });
});

describe('a peer that does not keep to it', () => {
  test('asks, and takes no answers: it is not read any more, until it does', async () => {
    const { child, channel } = start(fixture('asks-only.js'), { channel: { maxQueuedBytes: 100_000 } });
    let asked = 0;
    channel.onRequest(() => {
      asked++;
      return 'x'.repeat(1000);
    });
    const [stuck] = await once(child.stdout, 'data');
    expect(`${stuck}`).toBe('stuck');
    expect(channel.queuedBytes).toBeLessThan(1_000_000);
    const before = asked;
    child.stdin.write('go on');
    await once(child, 'exit');
    expect(asked).toBeGreaterThan(before);
  });

  test('sends more than can be held, before the answer that is awaited: the channel ends, and says so', async () => {
    const { channel } = start(fixture('floods.js'), { channel: { maxQueuedBytes: 10_000 } });
    const asked = failure(channel.request('an answer is awaited'));
    const [error] = await once(channel, 'close');
    expect([error.code, (await asked).code]).toEqual(['ERR_PROCS_IPC_QUEUE_FULL', 'ERR_PROCS_IPC_CLOSED']);
    expect((await asked).cause).toBe(error);
  });
});

describe('in a child process of Node’s shape', () => {
  test('send(), message, disconnect() and the events in their order', async () => {
    const child = fork(PEER, { serialization: 'structured' });
    const events = [];
    for (const event of ['spawn', 'disconnect', 'exit', 'close']) child.on(event, () => events.push(event));
    expect(child.channel).toBeInstanceOf(Channel);
    expect(child.connected).toBe(true);
    const sent = new Promise((resolve) => child.send({ n: 1n }, resolve));
    const [message] = await once(child, 'message');
    expect([message, await sent]).toEqual([{ n: 1n }, null]);
    expect(() => child.send()).toThrow(expect.objectContaining({ code: 'ERR_MISSING_ARGS' }));
    child.disconnect();
    expect(child.connected).toBe(false);
    const late = new Promise((resolve) => child.send('late', resolve));
    expect((await late).code).toBe('ERR_IPC_CHANNEL_CLOSED');
    await once(child, 'close');
    expect(events[0]).toBe('spawn');
    expect(events.slice(1).sort()).toEqual(['close', 'disconnect', 'exit']);
    expect(events.at(-1)).toBe('close');
    expect(child.channel).toBe(null);
    const error = once(child, 'error');
    child.disconnect();
    expect((await error)[0].code).toBe('ERR_IPC_DISCONNECTED');
  });

  test('spawn and run have it as well', async () => {
    const spawned = spawn(process.execPath, [PEER], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'structured' });
    const ran = run(process.execPath, [PEER], { serialization: 'structured', ipcInput: { from: 'ipcInput' } });
    expect(await once(ran, 'message')).toEqual([{ from: 'ipcInput' }, undefined]);
    expect(await spawned.channel.request({ act: 'add', a: 1, b: 2 })).toBe(3);
    expect(await ran.channel.request({ act: 'add', a: 3, b: 4 })).toBe(7);
    spawned.disconnect();
    ran.disconnect();
    expect((await once(spawned, 'close'))[0]).toBe(0);
    expect((await ran).exitCode).toBe(0);
  });

  test('a program that knows nothing of it is not disturbed', async () => {
    const { stdout } = await run('sh', ['-c', 'echo fine'], { serialization: 'structured' });
    expect(stdout).toBe('fine');
  });

  test('the variable reaches no grandchild, whether the child uses the channel or not', async () => {
    const { child, channel } = start(fixture('grandchild.js'));
    const [seen] = await once(channel, 'message');
    expect(seen).toEqual({ ours: '', stock: '', parent: true });
    const end = channel.isClosed ? null : once(channel, 'close');
    const [none] = await Promise.all([once(start(fixture('grandchild.js'), undefined, ['unused']).child.stdout, 'data'), end]);
    expect([`${none}`, child.exitCode ?? 0]).toEqual(['{"ours":"","stock":"","copied":""}', 0]);
  });

  test('wrong options are refused before anything is started', () => {
    const refused = (channel) => {
      try {
        fork(PEER, { serialization: 'structured', channel });
      } catch (error) {
        return error.code;
      }
      return 'taken';
    };
    expect(
      [5, { maxQueuedBytes: 0 }, { overflow: 'drop' }, { validate: 5 }, { validate: { sned() {} } }, { maxFrame: 1 }, { other: 1 }].map(
        refused,
      ),
    ).toEqual([
      'ERR_INVALID_ARG_TYPE',
      'ERR_OUT_OF_RANGE',
      'ERR_INVALID_ARG_VALUE',
      'ERR_INVALID_ARG_TYPE',
      'ERR_INVALID_ARG_VALUE',
      'ERR_OUT_OF_RANGE',
      'ERR_INVALID_ARG_VALUE',
    ]);
    expect(() => run('true', { channel: {} })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  });
});

describe('what keeps a process running', () => {
  test.each([
    ['nothing', 'parent looked at'],
    ['listener', 'a listener that is taken away'],
    ['request', 'a request that is answered'],
    ['unref', 'unref() with a listener'],
    ['loop', 'a loop that is left'],
  ])('%s: the child ends by itself', async (what) => {
    const { child, channel } = start(fixture('keeps.js'), undefined, [what]);
    channel.onRequest(() => 'answer');
    channel.send('a message');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test.each(['listens', 'handles', 'ref'])('%s: it runs until the channel is closed', async (what) => {
    const { child, channel } = start(fixture('keeps.js'), undefined, [what]);
    await once(channel, 'open');
    await once(child.stdout, 'data');
    channel.close();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('in a parent it is the channel, unless unref() is called', async () => {
    const { stdout } = await run(process.execPath, [fixture('parent-unref.js')]);
    expect(stdout).toBe('exit');
  });

  test('in a Worker, to its own children; parent is the main thread’s', async () => {
    const { stdout } = await run(process.execPath, [fixture('in-worker.js')]);
    expect(JSON.parse(stdout)).toEqual({ sum: 5, parentInWorker: null });
  });
});
