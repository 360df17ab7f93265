'use strict';
// How channels end, and what is said of it.

const { once } = require('node:events');
const path = require('node:path');
const { run } = require('..');
const { endAll, failure, start } = require('./lib/channels.js');

const fixture = (name) => path.join(__dirname, 'fixtures/ipc-channel', name);
const closed = async (channel) => (await once(channel, 'close'))[0];

afterEach(endAll);

describe('the peer', () => {
  test('is killed: everything that was open fails, and says so', async () => {
    const { child, channel } = start();
    const end = closed(channel);
    const stream = await channel.request({ act: 'numbers', count: 1_000_000 });
    const held = Array.from({ length: 10_000 }, (_, i) => channel.request({ act: 'hold', name: i }));
    let handled;
    channel.onRequest((_message, { signal }) => {
      handled = once(signal, 'abort').then(() => signal.reason);
      child.kill('SIGKILL');
      return new Promise(() => {});
    });
    const asked = failure(channel.request({ act: 'ask', question: 'kill me' }));
    const errors = await Promise.all(held.map(failure));
    for (const error of [errors[0], errors[9999], await asked, await end, await handled]) {
      expect([error.code, error.signal, error.exitCode, error.message]).toEqual([
        'ERR_PROCS_IPC_CLOSED',
        'SIGKILL',
        null,
        'The channel is closed: the child was ended by SIGKILL',
      ]);
    }
    expect(new Set(errors.map(({ code }) => code)).size).toBe(1);
    const items = [];
    const broken = await failure(
      (async () => {
        for await (const item of stream) items.push(item);
      })(),
    );
    // What had come is still there.
    expect([items.length > 0, broken.code]).toEqual([true, 'ERR_PROCS_IPC_CLOSED']);
    expect((await failure(channel.send('late'))).code).toBe('ERR_PROCS_IPC_CLOSED');
    expect((await failure(channel.request('late'))).code).toBe('ERR_PROCS_IPC_CLOSED');
    expect([channel.isClosed, channel.transport, channel.queuedBytes]).toEqual([true, 'closed', 0]);
  });

  test('exits: the exit code is in the error', async () => {
    const { channel } = start();
    const error = await failure(channel.request({ act: 'exit', code: 3 }));
    expect([error.exitCode, error.signal, error.message]).toEqual([3, null, 'The channel is closed: the child has exited with code 3']);
  });

  test('ends well: close says null', async () => {
    const { channel } = start(fixture('greets.js'));
    expect(await closed(channel)).toBe(null);
  });

  test('closes the channel, and lives on', async () => {
    const { child, channel } = start(fixture('closes.js'));
    const held = failure(channel.request('hold'));
    expect(await closed(channel)).toBe(null);
    const error = await held;
    expect([error.code, error.message]).toEqual(['ERR_PROCS_IPC_CLOSED', 'The channel is closed: the peer has closed it']);
    expect(child.exitCode).toBe(null);
    const [lives] = await once(child.stdout, 'data');
    expect(`${lives}`).toBe('alive');
  });

  test('is never started', async () => {
    const { fork } = require('..');
    const child = fork('nothing.js', { execPath: '/nonexistent/node', serialization: 'structured' });
    const asked = failure(child.channel.request(1));
    const [[error], [end]] = await Promise.all([once(child, 'error'), once(child.channel, 'close')]);
    expect([error.code, end.code, (await asked).code]).toEqual(['ENOENT', 'ERR_PROCS_IPC_CLOSED', 'ERR_PROCS_IPC_CLOSED']);
    expect([end.message, (await asked).message]).toEqual(Array(2).fill('The channel is closed: the program was not started'));
  });

  test('has hung up with an error: that is why, and not the exit that follows', async () => {
    const { channel } = start(fixture('hangs-up.js'));
    const [error, end] = await Promise.all([failure(channel.request(1)), closed(channel)]);
    expect([error.code, error.message]).toEqual(['ERR_PROCS_IPC_CLOSED', 'The channel is closed: the peer has hung up: not with me']);
    expect(error.cause).toBe(end);
  });

  test('is gone: sends that nobody looks at are no unhandled rejections', async () => {
    const { stdout } = await run(process.execPath, [fixture('unhandled.js')]);
    expect(JSON.parse(stdout)).toEqual({ unhandled: 0, rejected: 'ERR_PROCS_IPC_CLOSED', close: 'ERR_PROCS_IPC_CLOSED' });
  });
});

describe('this end', () => {
  test('closes: what was sent arrives first, and both ends know', async () => {
    const { child, channel } = start(fixture('tells.js'));
    const held = failure(channel.request('hold'));
    for (let i = 0; i < 1000; i++) channel.send({ i, filler: 'x'.repeat(1000) });
    const end = closed(channel);
    await channel.close();
    expect([await end, (await held).message]).toEqual([null, 'The channel is closed: it was closed at this end']);
    const [said] = await once(child.stdout, 'data');
    expect(JSON.parse(said)).toEqual({ messages: 1000, close: null, aborted: 'ERR_PROCS_IPC_CLOSED' });
    // Again, and late, it is the same.
    await channel.close();
  });

  test('destroys it with a reason, which the peer is told', async () => {
    const { child, channel } = start(fixture('tells.js'));
    await channel.request('up');
    const reason = Object.assign(new RangeError('too much'), { code: 'E_TOO_MUCH' });
    const end = closed(channel);
    channel.destroy(reason);
    expect(await end).toBe(reason);
    const [said] = await once(child.stdout, 'data');
    expect(JSON.parse(said).close).toEqual({ name: 'RangeError', message: 'too much', code: 'E_TOO_MUCH' });
  });

  test('await using closes it', async () => {
    const { child, channel } = start();
    await channel[Symbol.asyncDispose]();
    expect(channel.isClosed).toBe(true);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('exits: what is gathered goes out, and the peer hears a goodbye', async () => {
    const { child, channel } = start(fixture('sends-and-exits.js'));
    const messages = [];
    channel.on('message', (message) => messages.push(message));
    expect(await closed(channel)).toBe(null);
    expect(messages).toEqual(['one', 'two', 'three', 'in exit']);
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(5);
  });

  test('the parent is killed: a child that listens ends', async () => {
    const parent = run(process.execPath, [fixture('dies.js')], { lines: true, killMode: 'process', waitFor: 'close' });
    await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    // The child has it as well: so it is over when that is.
    await once(parent.stdout, 'end');
    expect((await failure(parent)).signal).toBe('SIGKILL');
  });
});

describe('a loop over messages', () => {
  test('ends with a channel that ends well', async () => {
    const { channel } = start(fixture('greets.js'));
    const messages = [];
    for await (const message of channel) messages.push(message);
    expect(messages).toEqual(['one', 'two', 'three']);
  });

  test('throws with one that does not', async () => {
    const { channel } = start();
    channel.send('a message');
    channel.send({ act: 'kill', signal: 'SIGKILL' });
    const messages = [];
    const error = await failure(
      (async () => {
        for await (const message of channel) messages.push(message);
      })(),
    );
    expect([messages, error.signal]).toEqual([['a message'], 'SIGKILL']);
  });
});
