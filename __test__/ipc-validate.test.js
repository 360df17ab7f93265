'use strict';
// The option `validate`.

const { once } = require('node:events');
const { Collected, PEER, endAll, failure, start } = require('./lib/channels.js');

afterEach(endAll);

const with_ = (validate) => start(PEER, { channel: { validate } }).channel;
const code = 'ERR_PROCS_IPC_INVALID';

/** As zod, valibot and arktype have it. */
function schema(validate) {
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

const evenNumber = (value) => {
  if (value % 2 === 1) throw new RangeError(`${value} is odd`);
};

test('what is sent: a function that throws, answers false, or something to send instead', async () => {
  const channel = with_({ send: (value) => (value === 'other' ? 'instead' : value !== 'bad') });
  const inbox = new Collected(channel);
  expect(() => channel.send('bad')).toThrow(expect.objectContaining({ code }));
  channel.send('good');
  channel.send('other');
  expect(await inbox.take(2)).toEqual(['good', 'instead']);
  const strict = with_({ send: evenNumber });
  let error;
  try {
    strict.send(3);
  } catch (thrown) {
    error = thrown;
  }
  expect([error.code, error.message, error.cause]).toEqual([code, 'The message is not valid: 3 is odd', new RangeError('3 is odd')]);
  // Requests are sent as well.
  expect(() => strict.request(3)).toThrow(expect.objectContaining({ code }));
});

test('a schema that throws refuses, as a function does', async () => {
  const broken = schema((value) => {
    if (value !== 'good') throw new TypeError('the schema is broken');
    return { value };
  });
  expect(() => with_({ send: broken }).send(1)).toThrow(expect.objectContaining({ code, cause: new TypeError('the schema is broken') }));
  const channel = with_({ receive: broken });
  const invalid = once(channel, 'invalid');
  channel.send(2);
  expect((await invalid).map((told) => told.code ?? told)).toEqual([code, 2]);
});

test('what is received: dropped, and told', async () => {
  const channel = with_({ receive: evenNumber });
  const inbox = new Collected(channel);
  const told = [];
  channel.on('invalid', (error, message) => told.push([error.code, message]));
  for (const n of [1, 2, 3, 4]) channel.send(n);
  expect(await inbox.take(2)).toEqual([2, 4]);
  expect(told).toEqual([
    [code, 1],
    [code, 3],
  ]);
});

test('one validator is for what comes in; where nobody listens it is a warning', async () => {
  const channel = with_(evenNumber);
  const inbox = new Collected(channel);
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  for (const n of [1, 3, 2]) channel.send(n);
  expect(await inbox.take(1)).toEqual([2]);
  const warnings = warn.mock.calls;
  warn.mockRestore();
  // Once: the peer must not be able to fill a log.
  expect(warnings).toEqual([[expect.stringContaining('1 is odd'), { type: 'InvalidMessageWarning', code }]]);
});

test('requests that come in are answered with the error', async () => {
  const channel = with_({
    request: { receive: schema((value) => (value.n > 1 ? { value: value.n } : { issues: [{ message: 'too small', path: ['n'] }] })) },
  });
  channel.onRequest((n) => n);
  expect(await channel.request({ act: 'ask', question: { n: 5 } })).toBe(5);
  const error = await failure(channel.request({ act: 'ask', question: { n: 1 } }));
  expect([error.code, error.message, error.issues]).toEqual([
    code,
    'The message is not valid: n: too small',
    [{ message: 'too small', path: ['n'] }],
  ]);
});

test('answers, and the items of streams', async () => {
  const channel = with_({ response: { receive: evenNumber } });
  expect(await channel.request({ act: 'add', a: 1, b: 1 })).toBe(2);
  expect((await failure(channel.request({ act: 'add', a: 1, b: 2 }))).code).toBe(code);
  const items = [];
  const error = await failure(
    (async () => {
      for await (const item of channel.request({ act: 'numbers', count: 3 })) items.push(item);
    })(),
  );
  expect([items, error.code]).toEqual([[0], code]);
  const answering = with_({ response: { send: evenNumber } });
  answering.onRequest((n) => n);
  expect(await answering.request({ act: 'ask', question: 2 })).toBe(2);
  expect((await failure(answering.request({ act: 'ask', question: 3 }))).code).toBe(code);
});

test('async ones keep the order, of what is sent and of what comes', async () => {
  const slowFirst = () => {
    let calls = 0;
    return async (value) => {
      if (calls++ === 0) for (let i = 0; i < 20; i++) await new Promise(setImmediate);
      if (value === 'bad') throw new Error('bad');
      return value?.n === undefined ? value : { ...value, seen: true };
    };
  };
  const channel = with_({ send: slowFirst(), receive: slowFirst() });
  const inbox = new Collected(channel);
  const sent = [channel.send({ n: 1 }), channel.send('bad'), channel.send({ n: 2 })];
  const answer = channel.request({ act: 'echo', value: 3 });
  channel.send({ n: 4 });
  expect((await failure(sent[1])).code).toBe(code);
  await sent[2];
  const messages = await inbox.take(3);
  expect(messages).toEqual([1, 2, 4].map((n) => ({ n, seen: true })));
  expect(await answer).toBe(3);
});

test('issues that cannot be cloned cross the channel as what every schema says', async () => {
  class Issue {
    path = ['list', { key: 0 }];
    get message() {
      return 'must be a number';
    }
    throw() {}
    explain = () => this.message;
  }
  const channel = with_({ receive: schema(() => ({ issues: [new Issue()] })) });
  const error = await failure(channel.request({ act: 'ask', question: { list: ['x'] } }));
  expect([error.code, error.issues]).toEqual([code, [{ message: 'must be a number', path: ['list', '0'] }]]);
});

test('async ones that end after the channel change nothing', async () => {
  let settle;
  const channel = with_({ receive: () => new Promise((resolve) => (settle = resolve)) });
  const heard = [];
  channel.on('message', (message) => heard.push(message));
  channel.send(1);
  while (settle === undefined) await new Promise(setImmediate);
  const sent = [channel.send(new Blob(['x'])), channel.request(new Blob(['y']))].map(failure);
  channel.destroy();
  settle(1);
  await once(channel, 'close');
  expect((await Promise.all(sent)).map((error) => error.code)).toEqual(['ERR_PROCS_IPC_CLOSED', 'ERR_PROCS_IPC_CLOSED']);
  expect(heard).toEqual([]);
});

test('configure() changes them', async () => {
  const { channel } = start();
  channel.configure({ validate: { send: evenNumber } });
  expect(() => channel.send(1)).toThrow(expect.objectContaining({ code }));
  channel.configure({ maxQueuedBytes: 1000 });
  expect(() => channel.send(1)).toThrow(expect.objectContaining({ code }));
  channel.configure({ validate: undefined });
  await channel.send(1);
});
