// What a file whose functions a Pool runs can ask for: docs/pool.md is the guide, "Pool workers" in docs/protocol.md what travels.

/** Whether this process is a worker of a Pool. */
export const isWorker: boolean;

/** The number of this worker in its pool, from 1; a worker that takes another one's place has a number of its own. 0 elsewhere than in a worker. */
export const workerId: number;

/** What the pool was given as `workerData`: a copy, here from before the file is loaded. undefined elsewhere than in a worker. */
export const workerData: any;

/**
 * Listens to what is sent to all workers by `pool.broadcast()`. Several listeners may. What a listener throws is an uncaught exception, which ends the
 * worker.
 * @returns a function that stops listening. Elsewhere than in a worker nothing ever comes.
 * @example
 * onMessage(({ level }) => logger.setLevel(level));
 */
export function onMessage(listener: (message: any) => void): () => void;

/**
 * Tells the pool of something that is no task's answer: its `'message'` event has it.
 * @param name of 1 to 255 characters, those that are no letters, digits, `-` or `_` counting for three or more
 * @param value whatever structuredClone takes
 * @returns false: much waits for the pool already, and whoever can should say less. Also elsewhere than in a worker
 * @throws DataCloneError; ERR_INVALID_ARG_VALUE for a name; ERR_PROCS_QUEUE_FULL when 64 MiB wait for the pool
 */
export function emit(name: string, value?: unknown): boolean;

/**
 * A task's result whose memory is given away instead of copied: the ArrayBuffer is detached here, as with structuredClone's `transfer`. From 64 KiB on it
 * pays; without a copy at all goes what `alloc()` of `@x/procs/ipc` has made.
 * @param value to be returned by the task's function, as it is
 * @param transfer ArrayBuffers in it. Left out: the one that the value is, or is a view on
 * @throws ERR_INVALID_ARG_TYPE: `transfer` is left out, and the value is neither
 * @example
 * module.exports = ({ width, height }) => {
 *   const pixels = new Uint8Array(width * height * 4);
 *   return move({ width, pixels }, [pixels.buffer]);
 * };
 */
export function move<T>(value: T, transfer?: Iterable<ArrayBuffer>): T;

/** The second argument of every task's function. Its functions can be taken out of it: `async (task, { signal, progress }) => …` */
export interface TaskContext {
  /** Aborted when nobody waits for the task any more: its caller has aborted it, or its time is up. The worker of one that goes on is ended after `abortGrace`. */
  readonly signal: AbortSignal;
  /**
   * Tells the caller's `onProgress`. Nothing happens when the task is over.
   * @returns false: much waits for the pool already, or the task is over
   * @throws DataCloneError; ERR_PROCS_QUEUE_FULL when 64 MiB wait for the pool
   */
  readonly progress: (value?: unknown) => boolean;
  /** As emit(). */
  readonly emit: typeof emit;
  /** As workerId. */
  readonly workerId: number;
  /** Of the function that the task is for: 'default', if nothing else was said. */
  readonly name: string;
  /** What was sent along by the option `handle` of run(). */
  readonly handle: any;
}

/**
 * What a worker's file exports as its default, or by names.
 * @example
 * // resize.mjs
 * export default async ({ file, width }: Job, { signal }: TaskContext) => resize(await readFile(file, { signal }), width);
 */
export type TaskFunction<Task = any, Result = any> = (task: Task, context: TaskContext) => Result | PromiseLike<Result>;
