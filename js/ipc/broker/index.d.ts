import type { EventEmitter } from 'node:events';

/** What becomes of a message when a queue is full. What is dropped is counted, and told. */
export type Overflow = 'drop-oldest' | 'drop-newest' | 'disconnect';

export interface BrokerOptions {
  /** A socket file to listen at, for this user alone (mode 0600). One that was left behind is replaced. It goes with the broker. */
  path?: string | undefined;
  /** An abstract name (Linux) to listen at. Default, without a path either: one that nobody can guess. */
  name?: string | undefined;
  /** Messages that may wait for one client, beside those that the kernel holds for it. A client may ask for another number. Default: 10000. */
  maxQueued?: number | undefined;
  /** Bytes of these. A single message may be longer. A client may ask for another number. Default: 16 MiB. */
  maxQueuedBytes?: number | undefined;
  /** For clients that ask for nothing else. 'disconnect': a client that is too slow is hung up on. Default: 'drop-oldest'. */
  overflow?: Overflow | undefined;
  /** Clients at a time. Default: 10000. */
  maxClients?: number | undefined;
  /** Subscriptions of one client. Default: 10000. */
  maxSubscriptions?: number | undefined;
  /** Topics whose last value is kept. Default: 10000. */
  maxRetained?: number | undefined;
  /** Bytes of these values. Default: 64 MiB. */
  maxRetainedBytes?: number | undefined;
  /** Bytes of the longest frame that a client may send, 1024 to 2 GiB. Default: 64 MiB. */
  maxFrame?: number | undefined;
  /** Users that may connect, beside this process's own and root. Default: none. */
  allowUids?: readonly number[] | undefined;
  /** Whether it keeps the process running. Default: false. */
  ref?: boolean | undefined;
}

/** What a broker has done, and what there is now. */
export interface BrokerStats {
  /** Now. */
  clients: number;
  /** Now. */
  subscriptions: number;
  /** Topics whose last value is kept, now. */
  retained: number;
  /** Messages to topics. */
  published: number;
  /** Messages to names, broadcasts, requests and their answers. */
  direct: number;
  /** Messages that the kernel has taken, once for each receiver. */
  delivered: number;
  /** Bytes of these. */
  bytes: number;
  /** Messages that a receiver did not get since its queue was full, once for each. */
  dropped: number;
  /** Messages that wait for their receivers, now. */
  queued: number;
  /** Bytes of these. */
  queuedBytes: number;
  /** Clients that were hung up on: for garbage, or since they were too slow. */
  cutOff: number;
  /** Connections that did not become clients: of other users, or too many. */
  refused: number;
}

interface BrokerEvents {
  /** It is over: null, or an error if its thread has crashed (ERR_PROCS_BROKER_CRASHED). */
  close: [error: Error | null];
}

/**
 * Passes messages between its clients, on a thread of its own: this process's JavaScript is not asked, and may be blocked. It ends with this process, or
 * with the Worker that has made it, at the latest.
 */
export interface Broker extends EventEmitter<BrokerEvents> {
  /** For connectBroker(), and for the variable PROCS_BROKER: a path, or `@name`. */
  readonly address: string;
  readonly isClosed: boolean;
  stats(): BrokerStats;
  /** A client in this process. */
  connect(options?: BrokerClientOptions): Promise<BrokerClient>;
  /** No more is taken in; what waits is handed over, within a second. Resolves when nothing of it is left. */
  close(): Promise<void>;
  ref(): this;
  unref(): this;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a broker. It listens when this returns.
 * @throws EADDRINUSE and what else listen(2) and bind(2) have; ERR_INVALID_ARG_* and ERR_OUT_OF_RANGE for options
 * @example
 * const broker = createBroker();
 * const child = fork('worker.js', { broker });
 * const client = await broker.connect();
 * client.subscribe('jobs.*.done', (job, topic) => console.log(topic, job));
 */
export function createBroker(options?: BrokerOptions): Broker;

/** Where a broker is: its `address` (a path, or `@name`), or what it was made with. */
export type BrokerAddress = string | { path: string } | { name: string } | { address: string };

export interface BrokerClientOptions {
  /** By which others reach it. Default: the broker gives one, which begins with '$'. */
  name?: string | undefined;
  /** Messages that may wait for this client at the broker. Default: the broker's. */
  maxQueued?: number | undefined;
  /** Bytes of these. Default: the broker's. */
  maxQueuedBytes?: number | undefined;
  /** Default: the broker's. */
  overflow?: Overflow | undefined;
  /** Bytes of the longest frame that it takes. Longer ones are dropped for it. Default: 256 MiB. */
  maxFrame?: number | undefined;
  /** Milliseconds to wait for the broker's welcome; 0 or Infinity: for ever. Default: 10000. */
  timeout?: number | undefined;
}

export interface SubscribeOptions {
  /** Whether the last value of each topic that matches comes first, where one was published with `retain`. Default: false. */
  last?: boolean | undefined;
  /** Messages that may wait here to be iterated. Default: 10000. */
  maxQueued?: number | undefined;
  /** What becomes of further ones. 'disconnect': the subscription ends with ERR_PROCS_BROKER_SLOW. Default: 'drop-oldest'. */
  overflow?: Overflow | undefined;
}

export interface Delivery<T = any> {
  message: T;
  topic: string;
  /** Whether it is the last value, which was there before. */
  isLast: boolean;
}

export type SubscriptionListener<T = any> = (message: T, topic: string, isLast: boolean) => void;

/** Iterate it, or give subscribe() a listener. Leaving the loop unsubscribes, unless there is a listener as well. */
export interface Subscription<T = any> extends AsyncIterable<Delivery<T>> {
  readonly pattern: string;
  /** Resolves when the broker has it: what anybody publishes from then on comes. Rejects with ERR_PROCS_BROKER_LIMIT. */
  readonly ready: Promise<void>;
  readonly isActive: boolean;
  /** Messages that were dropped here, since the loop was too slow. */
  readonly dropped: number;
  /** Resolves when the broker has forgotten it. What has come already can still be iterated. */
  unsubscribe(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Receipt {
  /** Clients that it was queued for. */
  receivers: number;
}

export interface RequestContext {
  /** Name of the client that asks. */
  from: string;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

interface BrokerClientEvents {
  /** A message to this client, or to everybody; and the name of who has sent it. */
  message: [message: any, from: string];
  /** So many messages were dropped since this was said last, and in all: this client is too slow. */
  dropped: [dropped: number, total: number];
  /** What was published without `ack` could not be kept as the last value (ERR_PROCS_BROKER_LIMIT). */
  refused: [error: Error];
  /** A message whose sender has tagged it wrongly, and its topic or sender. */
  messageerror: [error: Error, from: string];
  /** So much waited for the broker that `needsDrain` was true, and now it does not. */
  drain: [];
  /** null after close(); otherwise why. There is no attempt to connect again. */
  close: [error: Error | null];
}

/** It keeps the process running while it has something to wait for: a listener, a loop, an answer. */
export interface BrokerClient extends EventEmitter<BrokerClientEvents> {
  /** null until it is ready, if the broker gives it. */
  readonly name: string | null;
  readonly address: string;
  /** Resolves when the broker has taken it in. connectBroker() has waited for it. */
  readonly ready: Promise<void>;
  readonly isClosed: boolean;
  /** Messages that the broker has dropped for this client, as far as it was told. */
  readonly dropped: number;
  /** Bytes that the broker has not taken yet. */
  readonly queuedBytes: number;
  /** Whether so many are they that publishing should wait for 'drain'. */
  readonly needsDrain: boolean;
  /**
   * @param pattern levels with dots between; `*` stands for one level, `#` at the end for all that follow, none included
   * @throws ERR_INVALID_ARG_VALUE for what is no pattern, ERR_PROCS_IPC_CLOSED after the end
   */
  subscribe<T = any>(pattern: string, listener: SubscriptionListener<T>, options?: SubscribeOptions): Subscription<T>;
  subscribe<T = any>(pattern: string, options?: SubscribeOptions): Subscription<T>;
  /**
   * @param message what structuredClone takes
   * @returns resolves when it is with the kernel; with `ack` when it is in the queues of its receivers
   * @throws DataCloneError, ERR_PROCS_IPC_TOO_LARGE, ERR_INVALID_ARG_VALUE for what is no topic; nothing is sent then
   */
  publish(topic: string, message: unknown, options: { retain?: boolean | undefined; ack: true }): Promise<Receipt>;
  publish(topic: string, message: unknown, options?: { retain?: boolean | undefined; ack?: false | undefined }): Promise<void>;
  /** The broker keeps no last value of this topic any more. */
  forget(topic: string): Promise<void>;
  /** To every other client. */
  broadcast(message: unknown, options: { ack: true }): Promise<Receipt>;
  broadcast(message: unknown, options?: { ack?: false | undefined }): Promise<void>;
  /** Resolves when it is in the queue of that client. Rejects with ERR_PROCS_BROKER_UNREACHABLE, or _QUEUE_FULL. */
  sendTo(name: string, message: unknown): Promise<void>;
  /** Rejects with what the handler throws, ERR_PROCS_BROKER_UNREACHABLE, ERR_PROCS_IPC_TIMEOUT, _NO_HANDLER, _CLOSED, or an AbortError. */
  request<T = any>(
    name: string,
    message: unknown,
    options?: { timeout?: number | undefined; signal?: AbortSignal | undefined },
  ): Promise<T>;
  /** Answers requests of other clients with what it returns or throws. null: none any more. */
  onRequest(handler: ((message: any, context: RequestContext) => unknown) | null): this;
  ref(): this;
  unref(): this;
  /** Says goodbye, after all that was sent before. Resolves when it is over. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A connection to a broker.
 * @throws ECONNREFUSED and ENOENT where there is none; ERR_PROCS_BROKER_NAME_TAKEN, _REFUSED (another user), _FULL; ERR_PROCS_IPC_TIMEOUT, _PROTOCOL
 */
export function connectBroker(address: BrokerAddress, options?: BrokerClientOptions): Promise<BrokerClient>;

/**
 * The client of the broker that this process was started with (`fork(script, { broker })`); null without one. It connects when it is asked for the first
 * time, and may be used at once.
 */
export const broker: BrokerClient | null;
