// The types of channels.
import type { ReadableStream } from 'node:stream/web';
import { expectAssignable, expectType } from 'tsd';

import procs = require('@x/procs');
import ipc = require('@x/procs/ipc');

const { connect, listen, parent } = ipc;

expectType<ipc.Channel | null>(parent);

// Messages and requests.
async function talk(channel: ipc.Channel, socket: import('node:net').Socket) {
  expectType<Promise<void>>(channel.send(new Map()));
  channel.send('take', socket);
  channel.send(1n, { transfer: [new ArrayBuffer(1)], handle: socket, keepOpen: true });
  expectType<number>(await channel.request<number>({ add: [1, 2] }, { timeout: 100, signal: AbortSignal.timeout(1) }));
  for await (const item of channel.request('rows')) console.log(item);
  for await (const message of channel) console.log(message);
  // @ts-expect-error milliseconds
  channel.request('x', { timeout: '1s' });
  expectType<ipc.Peer | null>(channel.peer);
  expectType<'socket' | 'ring' | 'closed'>(channel.transport);
  expectType<ArrayBuffer>(channel.alloc(1));
  expectType<Promise<void>>(channel.close());
  expectType<ipc.Channel>(channel.ref().unref().destroy(new Error('enough')));
  channel.on('close', (error) => expectType<ipc.ChannelError | null>(error));
  channel.on('message', (_message, _handle) => {});
}
void talk;

// Handlers.
function handlers(channel: ipc.Channel, stream: ReadableStream) {
  channel.onRequest((message, context) => {
    console.log(message);
    expectType<AbortSignal>(context.signal);
    expectType<ipc.Channel>(context.channel);
    return 1;
  });
  channel.onRequest(async function* () {
    yield 1;
  });
  channel.onRequest(() => stream).onRequest(null);
  // @ts-expect-error a function
  channel.onRequest('no function');
}
void handlers;

// Options.
expectAssignable<ipc.ChannelOptions>({ maxQueuedBytes: 1, overflow: 'reject', validate: (value: unknown) => typeof value === 'number' });
expectAssignable<ipc.ChannelOptions>({ validate: { send: () => true, request: { receive: async () => true }, response: () => true } });
// @ts-expect-error nothing is dropped
expectAssignable<ipc.ChannelOptions>({ overflow: 'drop' });

// Children.
const child = procs.fork('worker.js', { serialization: 'structured', channel: { timeout: 1000 } });
expectType<ipc.Channel | null>(child.channel);
expectType<boolean>(child.send(new Set(), (error) => expectType<Error | null>(error)));
expectType<ipc.Channel | null | undefined>(procs.run('python3', ['worker.py'], { serialization: 'structured' }).channel);
expectType<ipc.Channel | null>(
  procs.spawn('worker', [], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], serialization: 'structured' }).channel,
);

// Between strangers.
async function strangers() {
  const listener = listen('/tmp/x', { allowUids: [1000] }, (channel) => expectType<ipc.Channel>(channel));
  listener.on('refuse', ({ uid }) => expectType<number>(uid));
  listen({ name: 'x' }).close();
  expectType<ipc.Channel>(await connect({ name: 'x' }, { connectTimeout: 100 }));
  // @ts-expect-error neither a path nor a name
  listen({});
}
void strangers;

expectType<Buffer>(ipc.serialize({ when: new Date() }, { transfer: [new ArrayBuffer(1)] }));
expectType<unknown>(ipc.deserialize(new Uint8Array(1)));

// Handles, distribute(), markers, and the fast transport.
async function more(channel: ipc.Channel, server: import('node:http').Server, file: import('node:fs/promises').FileHandle) {
  await channel.send('serve', server);
  await channel.send('read', { handle: file, keepOpen: true });
  await channel.send('read', { fd: 5 });
  // @ts-expect-error a number is no handle: it could be anything
  channel.send('read', 5);
  const child = procs.fork('worker.js', { transport: 'fast' });
  // @ts-expect-error there is no other
  procs.fork('worker.js', { transport: 'slow' });
  const spread = ipc.distribute(server, [channel, child], { policy: 'sticky', maxPending: 10 });
  expectType<void>(spread.add(child));
  expectType<Promise<void>>(spread.remove(channel));
  expectType<number>(spread.stats().workers[0].open);
  // @ts-expect-error not one of them
  ipc.distribute(server, [], { policy: 'random' });
  expectType<() => void>(ipc.attach(server));
  expectType<() => void>(ipc.onConnection((socket) => socket.end()));
  expectType<Promise<void>>(ipc.marker.signal('/srv', 'id', new Map()));
  const { rows } = await ipc.marker.watch(new URL('file:///srv'), 'id', { timeout: 5, ref: false });
  void rows;
}
void more;

// Brokers and their clients.
async function topics(client: ipc.BrokerClient) {
  const broker = ipc.createBroker({ path: '/run/x.sock', maxQueued: 10, overflow: 'disconnect', allowUids: [1000], ref: true });
  expectType<string>(broker.address);
  expectType<number>(broker.stats().dropped);
  expectType<ipc.BrokerClient>(await broker.connect({ name: 'a', overflow: 'drop-newest' }));
  expectType<ipc.BrokerClient>(await ipc.connectBroker({ name: 'x' }, { timeout: 100 }));
  expectType<ipc.BrokerClient | null>(ipc.broker);
  const subscription = client.subscribe<number>('a.*', (message, topic, isLast) => {
    expectType<number>(message);
    expectType<string>(topic);
    expectType<boolean>(isLast);
  });
  expectType<Promise<void>>(subscription.ready);
  for await (const { message } of client.subscribe<string>('#', { last: true, maxQueued: 5 })) expectType<string>(message);
  expectType<void>(await client.publish('a', 1, { retain: true }));
  expectType<ipc.Receipt>(await client.publish('a', 1, { ack: true }));
  expectType<ipc.Receipt>(await client.broadcast(new Map(), { ack: true }));
  expectType<void>(await client.sendTo('b', 1n));
  expectType<number>(await client.request<number>('b', 1, { timeout: 10 }));
  client.onRequest((_message, { from, signal }) => [from, signal.aborted]).on('message', (_message, from) => expectType<string>(from));
  client.on('dropped', (dropped) => expectType<number>(dropped));
  client.on('close', (error) => expectType<Error | null>(error));
  // @ts-expect-error no policy
  ipc.createBroker({ overflow: 'block' });
  procs.fork('worker.js', { broker });
  procs.spawn('python3', ['worker.py'], { broker: { address: broker.address, name: 'py' } });
  await procs.run('node', ['worker.js'], { broker: broker.address });
}
void topics;
