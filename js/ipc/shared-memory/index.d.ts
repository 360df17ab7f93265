/** How a wait for a cell ended. */
export type WaitResult = 'ok' | 'not-equal' | 'timed-out';

export interface WaitOptions {
  /** Milliseconds; `Infinity`, the default, for none. 0: only a look. */
  timeout?: number;
  /** Ends the wait: its promise is rejected with an `AbortError` whose `cause` is the reason. */
  signal?: AbortSignal;
  /** Whether the wait keeps the event loop alive. Default `true`. */
  ref?: boolean;
}

/**
 * Memory that several processes share, for as long as each of them likes. Linux only.
 *
 * Without a name it goes to another process as a value in a message, through a channel of `@x/procs/ipc`. With one, every process of the same user can
 * open it. What is in it is not protected: whoever has it may write to it at any time.
 *
 * @example
 * ```js
 * const memory = SharedMemory.create(4096);
 * await channel.send({ memory });
 * await memory.wait(0, 0);              // until the other process has called memory.notify(0)
 * ```
 */
export class SharedMemory {
  private constructor();

  /**
   * New memory, all zeros.
   * @param size bytes. With a name all of it is taken at once, since /dev/shm may be small: `ENOSPC`. Without one it is taken as it is used
   * @throws `EEXIST` while another process uses that name. A name that was left over by processes that are gone is taken over
   */
  static create(size: number | { size: number; name?: string }): SharedMemory;

  /**
   * Memory that was created with this name (a file in /dev/shm, as shm_open(3) makes it). Only its owner may open it, and whoever may could also
   * shorten it, which would end this process by SIGBUS: do not open what programs have made that you do not trust.
   * @throws `ENOENT`; `EACCES` for what is not this user's alone
   */
  static open(name: string): SharedMemory;

  /**
   * The memory. `Atomics` work on typed arrays over it as on a `SharedArrayBuffer`, across processes; but for `Atomics.wait()` and
   * `notify()`, in whose place are those of this class.
   * @throws `ERR_PROCS_IPC_CLOSED` once it is closed
   */
  readonly buffer: ArrayBuffer;
  /** 0 once it is closed. */
  readonly byteLength: number;
  readonly name: string | undefined;
  readonly closed: boolean;

  /**
   * Waits until the int32 at `index` is notified, by whatever process, unless it does not hold `expected`. As `Atomics.wait()`, but this thread goes on.
   * @param index as in an `Int32Array` over `buffer`
   */
  wait(index: number, expected: number, options?: WaitOptions): Promise<WaitResult>;

  /** Wakes up to `count` (default: all) that wait for the int32 at `index`, in whatever process. How many there were. */
  notify(index: number, count?: number): number;

  /** Takes the name away. Those that have the memory open keep it. */
  unlink(): void;

  /** Gives it up in this process: `buffer` is detached, and waits are rejected with `ERR_PROCS_IPC_CLOSED`. Others keep it. Idempotent. */
  close(): void;
  /** As `close()`, for `using`. */
  [Symbol.dispose](): void;
}
