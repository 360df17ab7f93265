'use strict';
// Clients by their names: messages to one, to all, and requests.

const { once } = require('node:events');
const { connectBroker } = require('../js/ipc');
const { closeAll, connectRaw, startBroker } = require('./lib/broker.js');

afterEach(closeAll);

function mail(client) {
  return new Promise((resolve) => {
    client.once('message', (message, from) => resolve([message, from]));
  });
}

test('a message to one by its name', async () => {
  const broker = startBroker();
  const [a, b, nameless] = await Promise.all([broker.connect({ name: 'a' }), broker.connect({ name: 'b.1' }), broker.connect()]);
  expect([a.name, b.name]).toEqual(['a', 'b.1']);
  expect(nameless.name).toMatch(/^\$\d+$/);
  await a.sendTo('b.1', { big: [1n, new Date(0)] });
  expect(await mail(b)).toEqual([{ big: [1n, new Date(0)] }, 'a']);
  // An answer needs no name that somebody has chosen.
  await nameless.sendTo('a', new Uint8Array([1, 2, 3]));
  const [message, from] = await mail(a);
  await a.sendTo(from, message);
  expect(await mail(nameless)).toEqual([new Uint8Array([1, 2, 3]), 'a']);
});

test('a broadcast reaches everybody else, whoever listens to what', async () => {
  const broker = startBroker();
  const clients = await Promise.all(['a', 'b', 'c'].map((name) => broker.connect({ name })));
  const all = Promise.all(clients.slice(1).map(mail));
  const own = jest.fn();
  clients[0].on('message', own);
  expect(await clients[0].broadcast({ hello: 'all' }, { ack: true })).toEqual({ receivers: 2 });
  expect(await all).toEqual([
    [{ hello: 'all' }, 'a'],
    [{ hello: 'all' }, 'a'],
  ]);
  expect(own).not.toHaveBeenCalled();
});

test('messages that come before there is a listener wait for it', async () => {
  const broker = startBroker();
  const [a, b] = await Promise.all([broker.connect({ name: 'a' }), broker.connect({ name: 'b' })]);
  for (let i = 0; i < 3; i++) await a.sendTo('b', i);
  const got = [];
  b.on('message', (message) => got.push(message));
  await a.sendTo('b', 3);
  await b.publish('x', 1, { ack: true });
  expect(got).toEqual([0, 1, 2, 3]);
});

test('a name is taken once, and free again when its client has gone', async () => {
  const broker = startBroker();
  const first = await broker.connect({ name: 'one' });
  await expect(broker.connect({ name: 'one' })).rejects.toMatchObject({ code: 'ERR_PROCS_BROKER_NAME_TAKEN' });
  await first.close();
  const second = await broker.connect({ name: 'one' });
  expect(second.name).toBe('one');
  expect(broker.stats().clients).toBe(1);
});

test.each(['', '$1', 'a b', 'a.', '*', 'x'.repeat(256)])('%j is no name', async (name) => {
  const broker = startBroker();
  await expect(broker.connect({ name })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  const raw = connectRaw(broker, { name });
  expect(await raw.goodbye()).toMatchObject({ code: 'ERR_PROCS_IPC_PROTOCOL', message: expect.stringMatching(/"name"/) });
});

test('who is not there', async () => {
  const client = await startBroker().connect();
  await expect(client.sendTo('nobody', 1)).rejects.toMatchObject({ code: 'ERR_PROCS_BROKER_UNREACHABLE', message: /'nobody'/ });
  await expect(client.request('nobody', 1)).rejects.toMatchObject({ code: 'ERR_PROCS_BROKER_UNREACHABLE' });
  expect(() => client.sendTo('a b', 1)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
});

test('requests, many at once and both ways', async () => {
  const broker = startBroker();
  const [a, b] = await Promise.all([broker.connect({ name: 'a' }), broker.connect({ name: 'b' })]);
  a.onRequest((n, { from }) => `${from} asks a ${n}`);
  b.onRequest(async (n, { from }) => new Map([[from, await a.request('b.never', n).catch(() => n)]]));
  const answers = Array.from({ length: 100 }, (_, i) => Promise.all([b.request('a', i), a.request('b', i)]));
  expect(await Promise.all(answers)).toEqual(answers.map((_, i) => [`b asks a ${i}`, new Map([['a', i]])]));
});

test('what a handler throws', async () => {
  const broker = startBroker();
  const [a, b] = await Promise.all([broker.connect({ name: 'a' }), broker.connect({ name: 'b' })]);
  a.onRequest((kind) => {
    if (kind === 'function') return () => {};
    throw Object.assign(new RangeError('too far'), { code: 'E_FAR', cause: new Error('why') });
  });
  const error = await b.request('a', 1).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({ message: 'too far', code: 'E_FAR', cause: { message: 'why' } });
  await expect(b.request('a', 'function')).rejects.toMatchObject({ name: 'DataCloneError' });
  expect(() => b.sendTo('a', () => {})).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
});

test('many requests with one signal listen to it once', async () => {
  const { getEventListeners } = require('node:events');
  const broker = startBroker();
  const [a, b] = await Promise.all([broker.connect({ name: 'a' }), broker.connect({ name: 'b' })]);
  a.onRequest(() => new Promise(() => {}));
  const controller = new AbortController();
  const open = Array.from({ length: 20 }, (_, i) => b.request('a', i, { signal: controller.signal }));
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  controller.abort();
  const ends = await Promise.all(open.map((request) => request.catch(({ code }) => code)));
  expect(new Set(ends)).toEqual(new Set(['ABORT_ERR']));
});

test('a timeout and an abort reach the handler', async () => {
  const broker = startBroker();
  const [a, b] = await Promise.all([broker.connect({ name: 'a' }), broker.connect({ name: 'b' })]);
  const reasons = [];
  let begun;
  a.onRequest(async (_, { signal }) => {
    begun?.();
    await once(signal, 'abort');
    reasons.push(signal.reason);
  });
  await expect(b.request('a', 1, { timeout: 20 })).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_TIMEOUT' });
  const controller = new AbortController();
  const started = new Promise((resolve) => {
    begun = resolve;
  });
  const aborted = b.request('a', 1, { signal: controller.signal });
  await started;
  controller.abort(new Error('enough'));
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError', cause: { message: 'enough' } });
  await b.request('a', 1, { signal: AbortSignal.abort() }).catch((error) => expect(error.name).toBe('AbortError'));
  await b.sendTo('a', 'behind it');
  await mail(a);
  expect(reasons).toHaveLength(2);
});

test('who was asked has gone: the requester is told; the requester has gone: the handler is', async () => {
  const broker = startBroker();
  const [a, b] = await Promise.all([broker.connect({ name: 'a' }), broker.connect({ name: 'b' })]);
  const asked = new Promise((resolve) => {
    a.onRequest((_, { signal }) => {
      resolve(signal);
      return new Promise(() => {});
    });
  });
  const answer = b.request('a', 1);
  const signal = await asked;
  const [stopped] = await Promise.all([
    once(signal, 'abort'),
    b.close(),
    expect(answer).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED' }),
  ]);
  expect(stopped).toBeDefined();
  const c = await broker.connect();
  const other = expect(c.request('a', 2)).rejects.toMatchObject({
    code: 'ERR_PROCS_BROKER_UNREACHABLE',
    message: expect.stringMatching(/without an answer/),
  });
  // Behind it: so the broker has it.
  await c.publish('behind', 'it', { ack: true });
  await a.close();
  await other;
});

test('only who was asked can answer', async () => {
  const broker = startBroker();
  const a = connectRaw(broker, { name: 'a' });
  const b = connectRaw(broker, { name: 'b' });
  const c = connectRaw(broker, { name: 'c' });
  await Promise.all([a, b, c].map((raw) => raw.line(/^K:/)));
  a.send('Q5=b:"?"\n');
  await b.line(/^Q5=a:"\?"$/);
  c.send('R5=a:"forged"\nG1=a:"c was here"\n');
  await a.line(/^G=c/);
  b.send('R5=a:"true"\nR5=a:"twice"\nG1=a:"b was here"\n');
  await a.line(/^G=b/);
  expect(a.of('R')).toEqual(['R5=b:"true"']);
});

test('without a handler a request is refused, in time', async () => {
  const broker = startBroker();
  const [a, b] = await Promise.all([broker.connect({ name: 'a' }), broker.connect({ name: 'b' })]);
  const early = b.request('a', 'early');
  await b.sendTo('a', 0);
  await mail(a);
  a.onRequest((message) => message);
  expect(await early).toBe('early');
  a.onRequest(null);
  await expect(b.request('a', 'late')).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_NO_HANDLER' });
});

test('after the end everything says so', async () => {
  const broker = startBroker();
  const client = await connectBroker(broker.address);
  const subscription = client.subscribe('a');
  const closed = once(client, 'close');
  await broker.close();
  const [error] = await closed;
  expect(error.code).toBe('ERR_PROCS_BROKER_CLOSED');
  await expect(client.publish('a', 1)).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED', cause: error });
  await expect(client.publish('a', 1, { ack: true })).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED' });
  await expect(client.request('a', 1)).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED' });
  expect(() => client.subscribe('b')).toThrow(expect.objectContaining({ code: 'ERR_PROCS_IPC_CLOSED' }));
  await expect(subscription[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED' });
  await subscription.unsubscribe();
  await client.close();
  await expect(connectBroker(broker.address)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'connect' });
});
