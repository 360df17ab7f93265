import type { ChildProcess } from 'node:child_process';
import type { Server, Socket } from 'node:net';
import type { Channel, StructuredChildProcess } from '..';

/** A channel, or a child that has one: with `serialization: 'structured'`, or Node's own. */
export type DistributionWorker = Channel | ChildProcess | StructuredChildProcess;

/** Options of {@link distribute}. */
export interface DistributeOptions {
  /**
   * 'round-robin': one after the other. 'least-connections': the one that has the fewest. 'sticky': by the client's address; when workers come and go, as few
   * clients as possible move. 'kernel': the workers listen themselves, on the same socket. Default: 'round-robin'.
   */
  policy?: 'round-robin' | 'least-connections' | 'sticky' | 'kernel' | undefined;
  /** Connections that may wait for a worker; further ones are closed, and counted. Default: 1024. */
  maxPending?: number | undefined;
}

export interface DistributionStats {
  policy: string;
  /** Connections that wait for a worker. */
  pending: number;
  /** Connections that were closed because too many waited, or because no worker had a descriptor for them. */
  refused: number;
  workers: {
    pid: number | undefined;
    /** Whether it takes connections: it is up and, with Node's own channel, has attached a server. */
    isReady: boolean;
    /** Connections that it has. Of 'kernel' nothing is told. */
    open: number;
    /** Connections on their way to it. */
    offered: number;
    /** All that it has ever accepted. */
    accepted: number;
  }[];
}

export interface Distribution {
  /** A further worker. */
  add(worker: DistributionWorker): void;
  /**
   * It gets no more connections. Settled when it has closed those that it has, or is gone. With 'kernel', where nobody tells of connections, at once: it
   * accepts until it has heard of it.
   */
  remove(worker: DistributionWorker): Promise<void>;
  stats(): DistributionStats;
  /** The server's own listeners get new connections again, and those that wait for a worker. */
  close(): void;
}

/**
 * Gives the connections that `server` accepts to `workers`, which serve them with {@link attach} or {@link onConnection}. Until `close()`, the server's own
 * listeners of 'connection' are not called.
 *
 * A connection is a worker's when that has said so. One whose worker ends before goes to another: none is lost, none is served twice.
 * @example
 * const server = http.createServer().listen(8080);
 * distribute(server, [fork('worker.js'), fork('worker.js')], { policy: 'least-connections' });
 */
export declare function distribute(server: Server, workers: Iterable<DistributionWorker>, options?: DistributeOptions): Distribution;

/**
 * In a worker: has `server`, which need not listen, serve the connections that the parent hands over by {@link distribute}. Once per process, which it keeps alive.
 * @returns ends it for good; what is being served goes on
 * @throws ERR_PROCS_IPC_NO_PARENT without a channel to a parent, ERR_PROCS_IPC_ATTACHED the second time
 * @example
 * attach(http.createServer((request, response) => response.end('hello')));
 */
export declare function attach(server: Server): () => void;

/** As {@link attach}, for a function. */
export declare function onConnection(handler: (socket: Socket) => void): () => void;
