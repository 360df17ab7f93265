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
