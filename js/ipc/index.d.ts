import cp = require('node:child_process');

import type { EventEmitter } from 'node:events';

// Channels between processes: docs/ipc.md is the guide, docs/protocol.md what travels.

/**
 * What can be sent beside a message. Connections and files move: they are closed here as soon as they are there. Servers and datagram sockets are shared.
 * `keepOpen` says otherwise: true shares, false moves. An http.Server arrives as a net.Server: what is sent is the socket it listens on. `{ fd }` is a
 * plain file descriptor.
 */
export type Handle = cp.SendHandle | import('node:http').Server | import('node:fs/promises').FileHandle | { fd: number };

/** A function, or whatever follows Standard Schema (zod, valibot, arktype and others). */
export type Validator = ValidateFunction | StandardSchema;

/**
 * Throws, or answers false, for what may not pass. Nothing and true: it passes as it is; anything else passes in its place. May be async: what comes behind
 * waits, so that order is kept.
 */
export type ValidateFunction = (value: any) => unknown;

/** The part of https://standardschema.dev that is asked. */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
  };
}

/** One way each. */
export interface Validators {
  /** What goes out. */
  send?: Validator | undefined;
  /** What comes in. */
  receive?: Validator | undefined;
}

/** Options of a channel. `channel.configure()` changes them later, but for `maxFrame` and `maxSharedMemory`. */
export interface ChannelOptions {
  /**
   * Bytes that may wait to be taken by the peer, and, the other way, bytes of messages that may wait here for somebody to take them; while so many
   * are there, no more is read. A single message may be longer. Default: 16 MiB.
   */
  maxQueuedBytes?: number | undefined;
  /**
   * What `send()` and `request()` do when the bound is reached. 'wait': their promise waits for room, so that awaiting it is all there is to do. 'reject':
   * ERR_PROCS_IPC_QUEUE_FULL, and nothing is sent. Default: 'wait'.
   */
  overflow?: 'wait' | 'reject' | undefined;
  /**
   * Who looks at messages and requests before they pass. One validator is for what comes in. What is refused: `send()` and `request()` throw or reject; a request is
   * answered with the error; a message is dropped, and told by the event 'invalid'. The code is ERR_PROCS_IPC_INVALID, and `issues` what a schema says.
   * @example
   * validate: { receive: z.object({ id: z.number() }), response: { receive: z.string() } }
   */
  validate?:
    | Validator
    | (Validators & {
        /** For requests in place of `send` and `receive`. One validator: both ways. */
        request?: Validator | Validators | undefined;
        /** For answers and the items of streams. One validator: both ways. Default: none. */
        response?: Validator | Validators | undefined;
      })
    | undefined;
  /** Bytes of the longest frame that is taken, 1024 to 2 GiB. Ours refuses to send a longer one (ERR_PROCS_IPC_TOO_LARGE); a peer that does so is hung up on.
   * What goes through shared memory does not count. Default: 256 MiB. */
  maxFrame?: number | undefined;
  /**
   * Bytes of shared memory that each end maps for the other's large Buffers (from 64 KiB). What does not fit goes through the socket. 0: none. Default: 256 MiB.
   */
  maxSharedMemory?: number | undefined;
  /** Requests of the peer that are handled at a time; more are refused with ERR_PROCS_IPC_QUEUE_FULL. Default: 65536. */
  maxRequests?: number | undefined;
  /** Milliseconds that requests wait for their answer unless they say otherwise; 0 or Infinity: for ever. Default: 0. */
  timeout?: number | undefined;
}

export interface SendOptions {
  /** ArrayBuffers that are given away instead of copied, as with structuredClone: they are detached here, also where the message then turns out to be longer than the peer takes. */
  transfer?: readonly ArrayBuffer[] | undefined;
  /** What goes with the message. */
  handle?: Handle | undefined;
  /** Whether `handle` stays open here. Default: a server and a datagram socket do, a connection and a file do not. */
  keepOpen?: boolean | undefined;
}

export interface RequestOptions extends SendOptions {
  /** Milliseconds until the answer, or the beginning of a stream, must be here; 0 or Infinity: for ever. Default: the channel's. */
  timeout?: number | undefined;
  /** Gives the request up: it rejects with an AbortError, and the handler's `signal` is aborted with the same reason. */
  signal?: AbortSignal | undefined;
}

/** The second argument of a request's handler. */
export interface RequestContext {
  /** Aborted when the requester has given up (timeout, abort, leaving the loop over a stream) or is gone. */
  readonly signal: AbortSignal;
  /** What came with the request. */
  readonly handle: any;
  /** In a program that is the worker of a Pool (option `program`): the task's name, if it has one. */
  readonly name: string | undefined;
  /** The channel that it came through. */
  readonly channel: Channel;
}

/**
 * Answers a request with what it returns, or with what it throws. An async iterable, a Readable or a ReadableStream is streamed, as fast as the requester
 * consumes it.
 */
export type RequestHandler = (message: any, context: RequestContext) => unknown;

/** The items of an answer that is a stream, and what its generator returned. Can be iterated once. */
export interface StreamAnswer<T = any> extends AsyncIterableIterator<T> {
  return(value?: any): Promise<IteratorResult<T>>;
}

/** What `request()` gives: the answer, when awaited; its items, when iterated. */
export type Answer<T = any> = Promise<T> & AsyncIterable<any>;

/** Who is at the other end, by its own words, and with `listen()` by the kernel's. */
export interface Peer {
  readonly protocol: 'procs';
  readonly version: number;
  readonly pid: number;
  readonly software?: string;
  readonly capabilities?: readonly string[];
  /** Of a channel that `listen()` gave. */
  readonly uid?: number;
  readonly gid?: number;
}

export interface ChannelEvents {
  /** A message, and what came with it. Until somebody listens or iterates, messages wait. */
  message: [message: any, handle: any];
  /** The peer has said hello: `channel.peer` is there. */
  open: [];
  /** Once, at the end. null: one end has closed it, or a child has ended with code 0. Otherwise what became of the peer, or what it has done wrong. */
  close: [error: ChannelError | null];
  /** It was at its bound, and has room again. */
  drain: [];
  /** A message was refused by `validate`, and dropped. */
  invalid: [error: ChannelError, message: unknown];
}

/** An error of the channel itself. */
export interface ChannelError extends Error {
  code: string;
  /** ERR_PROCS_IPC_CLOSED, where the peer was a child of ours that has exited: its exit code, or null. */
  exitCode?: number | null;
  /** Likewise the signal that ended it, or null. */
  signal?: string | null;
  /** ERR_PROCS_IPC_INVALID of a schema: what it said. */
  issues?: readonly unknown[];
}

/**
 * One end of a channel. It is got from `fork()`, `spawn()` and `run()` with `serialization: 'structured'` as `child.channel`, in the child as {@link parent}, from
 * {@link listen} and {@link connect}.
 *
 * Order is kept: what was sent first comes first, messages, requests, answers and items of streams alike.
 *
 * It keeps the process running in a parent as long as it is open, as Node's channel does, and elsewhere as long as somebody listens ('message', `onRequest()`, a
 * loop over it) or an answer is awaited. `ref()` and `unref()` overrule that.
 */
export declare class Channel extends EventEmitter<ChannelEvents> implements AsyncIterable<any> {
  private constructor();

  /**
   * Sends a message: whatever structuredClone takes.
   * @param handle what goes with it; or options
   * @returns resolves when the message is with the kernel, or with a handle when the peer has that. Nobody has to await it: what fails with the channel is told by 'close'
   * @throws DataCloneError, ERR_PROCS_IPC_INVALID, ERR_PROCS_IPC_TOO_LARGE, or ERR_INVALID_ARG_TYPE for options: nothing is sent then
   * @example
   * await channel.send({ job: 1, input: new Uint8Array(1e6) });
   * channel.send('take this', socket);
   */
  send(message: unknown, handle?: Handle | SendOptions | null): Promise<void>;

  /**
   * Asks, and gives the answer. Any number can be open at a time, and they are answered in any order. An answer that is a stream resolves with a {@link StreamAnswer}
   * when its first word is here; iterating the request does both.
   *
   * Rejects with what the handler threw: same class (built-in ones; of others the nearest, with the right `name`), message, stack, code, cause and own properties. Further
   * codes: ERR_PROCS_IPC_TIMEOUT, ABORT_ERR, ERR_PROCS_IPC_NO_HANDLER, ERR_PROCS_IPC_CLOSED (with `exitCode` and `signal` of a child), ERR_PROCS_IPC_INVALID,
   * ERR_PROCS_IPC_QUEUE_FULL.
   * @throws what {@link send} throws
   * @example
   * const sum = await channel.request({ add: [2, 3] }, { timeout: 1000 });
   * for await (const row of channel.request({ select: '*' })) console.log(row);
   */
  request<T = any>(message: unknown, options?: RequestOptions): Answer<T>;

  /**
   * Who answers the peer's requests. One handler; null: none. Requests that come before the program has begun to listen wait up to 2 seconds for it.
   * @example
   * parent.onRequest(async ({ url }, { signal }) => (await fetch(url, { signal })).text());
   * parent.onRequest(async function* ({ count }) { for (let i = 0; i < count; i++) yield i; });
   */
  onRequest(handler: RequestHandler | null): this;

  /**
   * Messages, one after the other. While the loop's body runs no more is read than `maxQueuedBytes`, and so a slow loop slows the sender. Ends with the channel; throws if
   * that ended badly. What has not been taken when the loop is left waits for the next one. Handles that come along are closed: listen to 'message' for them.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<any>;

  /** Changes options; those that are not named stay. */
  configure(options: Omit<ChannelOptions, 'maxFrame' | 'maxSharedMemory'>): this;

  /** Who is at the other end; null before its hello. */
  readonly peer: Peer | null;
  /** What messages go through: shared memory, or a socket. */
  readonly transport: 'socket' | 'ring' | 'closed';
  /** Whether it is closed, or about to be. */
  readonly isClosed: boolean;
  /** Bytes that wait to be taken by the kernel. */
  readonly queuedBytes: number;
  /** Whether the bound is reached; 'drain' follows. */
  readonly needsDrain: boolean;

  /**
   * Memory to be filled and sent without a copy. Sending the ArrayBuffer gives it away: it is detached. Not cleared. Ordinary memory where there is no shared memory, and
   * below 64 KiB.
   */
  alloc(size: number): ArrayBuffer;
  /** Gives received memory back at once instead of when it is collected; it is detached. false: it is ordinary memory. */
  release(value: ArrayBuffer | NodeJS.ArrayBufferView): boolean;

  /** Keeps the process running from now on, whoever listens. */
  ref(): this;
  /** Does not keep the process running from now on. */
  unref(): this;

  /**
   * Says goodbye: what was sent goes out (within 5 seconds), open requests of both ends fail with ERR_PROCS_IPC_CLOSED.
   * @returns resolves with 'close'
   */
  close(): Promise<void>;
  /** Ends it at once. With an error, the peer is told of it, and 'close' carries it. */
  destroy(error?: Error | null): this;
  /** {@link close}. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * The channel to whoever started this process with `serialization: 'structured'`, or null. Always null in a Worker: the channel is the main thread's.
 * @example
 * const { parent } = require('@x/procs/ipc');
 * parent?.onRequest(({ add }) => add[0] + add[1]);
 */
export declare const parent: Channel | null;

/** A path, or `{ name }`: a name that leaves no file behind, which only Linux has. */
export type Address = string | URL | Buffer | { path: string | URL | Buffer; name?: undefined } | { name: string; path?: undefined };

export interface ListenOptions extends ChannelOptions {
  /** Users that may connect, besides this process's own and the superuser. The socket file of a path has mode 0600: nobody else comes to it, unless you change that. Default: none. */
  allowUids?: readonly number[] | undefined;
  /** Connections that may wait to be let in. Default: 511. */
  backlog?: number | undefined;
  /** Milliseconds in which a connection has to say hello. Default: 10000. */
  helloTimeout?: number | undefined;
}

export interface ConnectOptions extends ChannelOptions {
  /** Milliseconds in which the other end has to say hello; 0: none. Default: 10000. */
  connectTimeout?: number | undefined;
  /** Gives up. */
  signal?: AbortSignal | undefined;
}

export interface ListenerEvents {
  /** Somebody has connected, may do so, and has said hello. */
  channel: [channel: Channel];
  /** Somebody may not. */
  refuse: [who: { pid: number; uid: number; gid: number }];
  /** Somebody was turned away: there is no descriptor left (EMFILE). */
  drop: [error: NodeJS.ErrnoException];
  /** Nobody can be let in any more; it is closed. */
  error: [error: NodeJS.ErrnoException];
  close: [];
}

/** What {@link listen} gives. It keeps the process running. */
export interface Listener extends EventEmitter<ListenerEvents> {
  readonly address: { path: string; name?: undefined } | { name: string; path?: undefined };
  /** Open channels that it gave. */
  readonly channels: ReadonlySet<Channel>;
  readonly listening: boolean;
  ref(): this;
  unref(): this;
  /** Nobody is let in any more; the socket file goes. Channels stay as they are. */
  close(): void;
  /** {@link close}, and closes its channels. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Channels to processes that connect. The kernel says who they are (SO_PEERCRED): by default only this user's own and root's are let in. A socket file that nobody listens
 * at any more is replaced.
 * @throws the system's error: EADDRINUSE, EACCES, ENOENT, ENAMETOOLONG …
 * @example
 * listen('/run/me/calc.sock', (channel) => {
 *   channel.onRequest(({ add }) => add[0] + add[1]);
 * });
 */
export declare function listen(address: Address, onChannel?: (channel: Channel) => void): Listener;
export declare function listen(address: Address, options: ListenOptions | undefined, onChannel?: (channel: Channel) => void): Listener;

/**
 * A channel to whoever listens at an address, when that has said hello. Rejects with the system's error (ENOENT, ECONNREFUSED, EACCES …), ERR_PROCS_IPC_TIMEOUT, ABORT_ERR, or
 * what is wrong with what is said there (ERR_PROCS_IPC_GARBAGE, ERR_PROCS_IPC_VERSION …).
 * @example
 * const channel = await connect('/run/me/calc.sock');
 * console.log(await channel.request({ add: [2, 3] }));
 */
export declare function connect(address: Address, options?: ConnectOptions): Promise<Channel>;

/** As {@link Channel.alloc}, for whatever channel it is sent through first. */
export declare function alloc(size: number): ArrayBuffer;
/** As {@link Channel.release}. */
export declare function release(value: ArrayBuffer | NodeJS.ArrayBufferView): boolean;

/**
 * A value as one whole frame of the protocol, as a message of it would be on the wire: the line, and behind it the bytes that the line announces. It carries what `structuredClone`
 * carries, see "Values" in docs/protocol.md; what is plain JSON is exactly that JSON and a newline.
 * @param options.transfer is gone for the caller afterwards, as with `structuredClone`
 * @throws {DOMException} DataCloneError: a function, a symbol, a Promise …, and a Blob, whose bytes cannot be had at once; a channel sends those
 * @example
 * fs.writeFileSync('state', serialize({ since: new Date(), seen: new Set(names) }));
 * const state = deserialize(fs.readFileSync('state'));
 */
export declare function serialize(value: unknown, options?: { transfer?: Iterable<ArrayBuffer> | undefined }): Buffer;
/**
 * The value of exactly one frame, from {@link serialize} or from another implementation. Safe for what comes from strangers: it runs no code and sets no prototypes, and costs memory in proportion to its length.
 * @throws {Error} ERR_PROCS_IPC_GARBAGE: it is none
 */
export declare function deserialize(frame: Uint8Array): unknown;

/** What `fork()` and `spawn()` give with `serialization: 'structured'`. */
export interface StructuredChildProcess extends Omit<cp.ChildProcess, 'channel' | 'send'> {
  /** null after its end. */
  readonly channel: Channel | null;
  /**
   * As Node's: `channel.send()` for those who are used to it.
   * @returns false while too much is waiting
   */
  send(message: unknown, callback?: (error: Error | null) => void): boolean;
  send(message: unknown, handle: Handle | null | undefined, callback?: (error: Error | null) => void): boolean;
  send(
    message: unknown,
    handle: Handle | null | undefined,
    options: SendOptions | undefined,
    callback?: (error: Error | null) => void,
  ): boolean;
}

/** Options of `fork()`, `spawn()` and `run()` for a channel of ours. */
export interface StructuredOptions {
  /** A {@link Channel}, instead of Node's own channel. The child finds its end as {@link parent}, whatever language it is written in. */
  serialization: 'structured';
  /** Options of the channel. */
  channel?: ChannelOptions | undefined;
}

export {
  type Broker,
  type BrokerAddress,
  type BrokerClient,
  type BrokerClientOptions,
  type BrokerOptions,
  type BrokerStats,
  broker,
  connectBroker,
  createBroker,
  type Delivery,
  type Overflow,
  type Receipt,
  type RequestContext as BrokerRequestContext,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionListener,
} from './broker';
export { ByteRing, type ByteRingOptions } from './byte-ring';
export {
  attach,
  type DistributeOptions,
  type Distribution,
  type DistributionStats,
  type DistributionWorker,
  distribute,
  onConnection,
} from './distribute';
export * as marker from './marker';
export { SharedMemory, type WaitOptions, type WaitResult } from './shared-memory';
