'use strict';
// Requests and their answers.

const path = require('node:path');
const { Collected, endAll, failure, start } = require('./lib/channels.js');

afterEach(endAll);

test('an answer to each, by handlers that answer at once and later', async () => {
  const { channel } = start();
  expect(await channel.request({ act: 'add', a: 2, b: 3 })).toBe(5);
  expect(await channel.request({ act: 'later', value: { deep: [new Date(1)] } })).toEqual({ deep: [new Date(1)] });
  expect(await channel.request({ act: 'nothing' })).toBe(undefined);
  expect(await channel.request({ act: 'echo', value: null })).toBe(null);
});

test('20,000 at a time, each its own answer', async () => {
  const { channel } = start();
  const all = [];
  for (let i = 0; i < 20_000; i++) all.push(channel.request({ act: i % 2 === 0 ? 'add' : 'later', a: i, b: 1, value: i + 1 }));
  const answers = await Promise.all(all);
  expect(answers.every((answer, i) => answer === i + 1)).toBe(true);
});

test('in whatever order they are answered', async () => {
  const { channel } = start();
  const order = [];
  const held = ['a', 'b', 'c'].map((name) => channel.request({ act: 'hold', name }).then((value) => order.push(value)));
  for (const name of ['c', 'a', 'b']) await channel.request({ act: 'release', name, value: name });
  await Promise.all(held);
  expect(order).toEqual(['c', 'a', 'b']);
});

test('both ways at a time, also from within a handler', async () => {
  const { channel } = start();
  channel.onRequest(async (question) => {
    if (question.depth > 0) return channel.request({ act: 'ask', question: { depth: question.depth - 1 } });
    return 'the bottom';
  });
  expect(await channel.request({ act: 'ask', question: { depth: 5 } })).toBe('the bottom');
});

describe('errors', () => {
  test('keep class, name, message, stack, code, cause and properties', async () => {
    const { channel } = start();
    const error = await failure(channel.request({ act: 'throw', what: 'custom' }));
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ name: 'NoSuchUser', message: 'nobody', code: 'E_NO_SUCH_USER', user: { id: 7 } });
    expect(error.stack).toMatch(/^NoSuchUser: nobody|^RangeError: nobody/);
    expect(error.stack).toContain(path.join('ipc-channel', 'peer.js'));
    expect(error.cause).toBeInstanceOf(TypeError);
    expect(error.cause.message).toBe('the cause');
    expect(Object.keys(error).sort()).toEqual(['code', 'user']);
  });

  test('of every kind', async () => {
    const { channel } = start();
    const thrown = (what) => failure(channel.request({ act: 'throw', what }));
    expect(await thrown('value')).toEqual({ no: 'error' });
    const many = await thrown('aggregate');
    expect(many).toBeInstanceOf(AggregateError);
    expect(many.errors[0]).toBeInstanceOf(SyntaxError);
    expect(many.errors[1]).toBe(2);
    const dom = await thrown('dom');
    expect([dom.constructor.name, dom.name, dom.code, dom.message]).toEqual(['DOMException', 'NotFoundError', 8, 'gone']);
    expect(await thrown('function')).toContain('Function');
    expect((await thrown('cyclic')).cause.cause.message).toBe('itself');
    // What cannot even be looked at does not end the process either.
    expect(await thrown('proxy')).toBeInstanceOf(Error);
    expect(await channel.request({ act: 'add', a: 1, b: 1 })).toBe(2);
  });

  test('an answer that cannot be cloned is one', async () => {
    const { channel } = start();
    expect((await failure(channel.request({ act: 'function' }))).name).toBe('DataCloneError');
    expect(await channel.request({ act: 'add', a: 1, b: 1 })).toBe(2);
  });

  test('a peer that listens, and has no handler, says so', async () => {
    const { channel } = start(path.join(__dirname, 'fixtures/ipc-channel/only-listens.js'));
    expect((await failure(channel.request('anybody?'))).code).toBe('ERR_PROCS_IPC_NO_HANDLER');
  });

  test('one that has not begun to listen is waited for', async () => {
    const { channel } = start(path.join(__dirname, 'fixtures/ipc-channel/prepares.js'));
    channel.onRequest(() => 'settings');
    expect(await channel.request('early')).toBe('with settings: early');
  });

  test('more than maxRequests are refused', async () => {
    const { channel } = start();
    channel.configure({ maxRequests: 2 });
    let release;
    const held = new Promise((resolve) => (release = resolve));
    channel.onRequest(() => held);
    const asked = [1, 2, 3].map((question) => channel.request({ act: 'ask', question }));
    expect((await failure(asked[2])).code).toBe('ERR_PROCS_IPC_QUEUE_FULL');
    release('at last');
    expect(await Promise.all(asked.slice(0, 2))).toEqual(['at last', 'at last']);
  });
});

describe('giving up', () => {
  test('timeout: the caller is told, and so is the handler', async () => {
    const { channel } = start();
    const inbox = new Collected(channel);
    const error = await failure(channel.request({ act: 'hang' }, { timeout: 50 }));
    expect([error.code, error.message]).toEqual(['ERR_PROCS_IPC_TIMEOUT', 'No answer within 50 ms']);
    const aborted = { name: 'Error', message: 'No answer within 50 ms', code: 'ERR_PROCS_IPC_TIMEOUT' };
    expect(await inbox.take(2)).toEqual(['hanging', { aborted }]);
    // Its late answer is nobody's.
    expect(await channel.request({ act: 'add', a: 1, b: 1 })).toBe(2);
  });

  test('the channel may have a timeout for all of them; each its own', async () => {
    const { channel } = start(undefined, { channel: { timeout: 40 } });
    const held = (name, options) => channel.request({ act: 'hold', name }, options);
    const longer = held('longer', { timeout: 60_000 });
    const never = held('never', { timeout: 0 });
    const order = [];
    await Promise.all([
      failure(held('a')).then(() => order.push('channel')),
      failure(held('b', { timeout: 20 })).then(() => order.push('shorter')),
      failure(held('c', { timeout: 1 })).then(() => order.push('shortest')),
    ]);
    expect(order).toEqual(['shortest', 'shorter', 'channel']);
    for (const name of ['longer', 'never']) await channel.request({ act: 'release', name, value: name }, { timeout: Infinity });
    expect(await Promise.all([longer, never])).toEqual(['longer', 'never']);
  });

  test('abort: with its reason on both sides', async () => {
    const { channel } = start();
    const inbox = new Collected(channel);
    const controller = new AbortController();
    const request = channel.request({ act: 'hang' }, { signal: controller.signal });
    await inbox.take(1);
    const reason = Object.assign(new RangeError('enough'), { code: 'E_ENOUGH' });
    controller.abort(reason);
    const error = await failure(request);
    expect([error.name, error.code, error.cause]).toEqual(['AbortError', 'ABORT_ERR', reason]);
    expect(await inbox.take(1)).toEqual([{ aborted: { name: 'RangeError', message: 'enough', code: 'E_ENOUGH' } }]);
  });

  test('a signal that is aborted already sends nothing', async () => {
    const { channel } = start();
    const before = await channel.request({ act: 'count' });
    expect((await failure(channel.request({ act: 'count' }, { signal: AbortSignal.abort() }))).code).toBe('ABORT_ERR');
    expect(await channel.request({ act: 'count' })).toBe(before + 1);
  });

  test('an answered request listens to its signal no longer', async () => {
    const { getEventListeners } = require('node:events');
    const { channel } = start();
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 20 }, () => channel.request({ act: 'nothing' }, { signal, timeout: 60_000 })));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('many requests with one signal listen to it once, and are all given up by it', async () => {
    const { getEventListeners } = require('node:events');
    const { channel } = start();
    const controller = new AbortController();
    const { signal } = controller;
    const open = Array.from({ length: 20 }, (_, name) => channel.request({ act: 'hold', name }, { signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await channel.request({ act: 'release', name: 7, value: 'seven' });
    expect(await open[7]).toBe('seven');
    controller.abort();
    const codes = await Promise.all(open.map((request) => request.catch(({ code }) => code)));
    expect(codes).toEqual(codes.map((_, i) => (i === 7 ? 'seven' : 'ABORT_ERR')));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('wrong options are refused', () => {
    const { channel } = start();
    const refused = (options) => {
      try {
        channel.request(1, options);
      } catch ({ code }) {
        return code;
      }
      return 'taken';
    };
    expect([1, { timeout: -1 }, { timeout: '1' }, { timeout: 2 ** 31 }, { signal: {} }, { transfer: 5 }].map(refused)).toEqual([
      'ERR_INVALID_ARG_TYPE',
      'ERR_OUT_OF_RANGE',
      'ERR_INVALID_ARG_TYPE',
      'ERR_OUT_OF_RANGE',
      'ERR_INVALID_ARG_TYPE',
      'ERR_INVALID_ARG_TYPE',
    ]);
    expect(() => channel.onRequest('no function')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  });
});

test('order is kept between messages and requests', async () => {
  const { channel } = start();
  const inbox = new Collected(channel);
  const answers = [];
  for (let i = 0; i < 100; i++) {
    channel.send(i);
    answers.push(channel.request({ act: 'count' }));
  }
  const messages = await inbox.take(100);
  expect(messages).toEqual(Array.from({ length: 100 }, (_, i) => i));
  const counts = await Promise.all(answers);
  expect(counts).toEqual(Array.from({ length: 100 }, (_, i) => counts[0] + i));
});
