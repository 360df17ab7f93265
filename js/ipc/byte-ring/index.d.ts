import type { EventEmitter } from 'node:events';
import type { SharedMemory } from '../shared-memory';

export interface ByteRingOptions {
  /** To the process at the other end: when it closes, waits are rejected with `ERR_PROCS_IPC_CLOSED`, after all that had been written was read. */
  channel?: Pick<EventEmitter, 'once' | 'removeListener'>;
  /** The same by a signal: its reason is the error. */
  signal?: AbortSignal;
}

/**
 * Bytes from one process to another through memory that both see, without a system call while both are busy. One process writes, one reads.
 *
 * @example
 * ```js
 * // one end
 * const ring = ByteRing.create(1 << 20, { channel });
 * await channel.send({ memory: ring.memory });
 * await ring.write(bytes);
 * await ring.end();
 *
 * // the other
 * const ring = new ByteRing(message.memory, { channel });
 * for await (const chunk of ring) consume(chunk);
 * ```
 */
export class ByteRing {
  /** A ring in memory that was received, or opened by its name. @throws `ERR_PROCS_IPC_GARBAGE` where there is none in it */
  constructor(memory: SharedMemory, options?: ByteRingOptions);

  /** @param capacity bytes that may be on their way, at most 2^30; rounded up to a power of two, 4096 at least. With a name other processes can open the memory */
  static create(capacity: number, options?: ByteRingOptions & { name?: string }): ByteRing;

  /** To be sent to the other end. It is closed by `close()`. */
  readonly memory: SharedMemory;
  readonly capacity: number;

  /**
   * Fulfilled when all of the bytes are in the ring; until then they must not be changed. Waits while it is full.
   * @returns a promise that is rejected with `ERR_PROCS_IPC_CLOSED` when the reader takes no more (`cause` or message say why), `ERR_PROCS_IPC_IN_USE` when
   *   another process writes, `ERR_STREAM_WRITE_AFTER_END` after `end()`
   */
  write(bytes: ArrayBufferView | ArrayBuffer): Promise<void>;

  /** Nothing more is written: the reader's loop ends behind what was. Fulfilled when the reader can see that. */
  end(): Promise<void>;

  /** What was written, in Buffers of its own of 256 KiB at most. Leaving the loop tells the writer that no more is taken. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Buffer>;

  /** Gives the memory up in this process. The other end is not told: call `end()`, or leave the loop, before. Idempotent. */
  close(): void;
}
