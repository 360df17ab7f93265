import type { EventEmitter } from 'node:events';
import type { Handle } from '../ipc/index.js';
import type { ResourceLimits } from '../run/index.js';

export * from './command-pool.js';

// Pools of worker processes: docs/pool.md is the guide, docs/protocol.md ("Pool workers") what travels.

/** What became of a task that has no answer. */
export type WorkerErrorReason = 'exit' | 'signal' | 'oom' | 'timeout' | 'aborted' | 'unresponsive' | 'poisoned' | 'shutdown' | 'start';

/**
 * Why a task was not answered by its function. What the function throws is not one of these: that arrives with its own class, message, stack, code and cause.
 *
 * | `reason` | `code` | |
 * |---|---|---|
 * | `'exit'` | `ERR_PROCS_WORKER_EXIT` | its worker has exited: `exitCode`; `cause` is the uncaught error, if that is why |
 * | `'signal'` | `ERR_PROCS_WORKER_SIGNAL` | its worker was ended by `signal` |
 * | `'oom'` | `ERR_PROCS_WORKER_OOM` | its worker had no memory left: V8's heap, or the kernel's OOM killer |
 * | `'timeout'` | `ERR_PROCS_TASK_TIMEOUT`, `ERR_PROCS_TASK_QUEUE_TIMEOUT` | `timeout` or `deadline`; `queueTimeout` |
 * | `'aborted'` | `ABORT_ERR` | by its `signal`, whose reason is `cause`. `name` is `'AbortError'` |
 * | `'unresponsive'` | `ERR_PROCS_WORKER_UNRESPONSIVE` | its worker's event loop stood still for `unresponsiveTimeout` |
 * | `'poisoned'` | `ERR_PROCS_TASK_POISONED` | it was there when `poisonThreshold` workers died |
 * | `'shutdown'` | `ERR_PROCS_POOL_CLOSED` | the pool was closed or destroyed |
 * | `'start'` | `ERR_PROCS_WORKER_START` | no worker could be started: `cause` is what `setup()` threw, or what is wrong with the file; its stack is this one's |
 */
export declare class WorkerError extends Error {
  private constructor();
  readonly code: string;
  readonly reason: WorkerErrorReason;
  /** Its worker, or 0: it was with none. */
  readonly workerId: number;
  /** What that has written to stderr last, with `stderr: 'pipe'`; missing where it was nothing. */
  readonly lastLines?: readonly string[];
  /** Of the worker, or null. */
  readonly exitCode: number | null;
  /** What ended the worker, or null. */
  readonly signal: NodeJS.Signals | null;
  /** Workers that it was given to. */
  readonly attempts: number;
  /** Milliseconds in the queue. */
  readonly waited: number;
  /** Milliseconds at its last worker. */
  readonly ran: number;
}

/** What a task can be given up by: an AbortSignal, or whatever emits 'abort'. */
export type AbortSignalLike = AbortSignal | EventEmitter | AbortEvents;

/** Of another realm, or a polyfill's. */
export interface AbortEvents {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** What all tasks of a pool have, and each task can have otherwise. */
export interface TaskDefaults {
  /** Higher goes first, -1000000 to 1000000. A step is worth `ageing` milliseconds of waiting (a minute), so that nothing waits for ever. Default: 0. */
  priority?: number | undefined;
  /**
   * Milliseconds from its beginning in a worker until it must be done; 0 and Infinity: any. Then its `signal` in the worker is aborted, the promise rejects with a
   * {@link WorkerError} ('timeout'), and a worker that goes on for `abortGrace` is ended, with all it has started, and replaced. Default: none.
   */
  timeout?: number | undefined;
  /** Milliseconds from run() until it must have begun. Default: none. */
  queueTimeout?: number | undefined;
  /** Milliseconds from run() until it must be done, wherever it is then. Default: none. */
  deadline?: number | undefined;
  /**
   * How often it may be given to another worker when the one that ran it has died. Only for tasks that may be run twice. A task that has not begun when its worker
   * dies is always given to another, and does not count. Default: 0.
   */
  retries?: number | undefined;
}

export interface TaskOptions extends TaskDefaults {
  /** Which of the file's exports is to run it. Default: the pool's `name`. */
  name?: string | undefined;
  /**
   * Who it is for: of tasks with the same priority, those of all keys get their turn alike, however many each has waiting. With `loadBalancing: 'affinity'` tasks with the
   * same key go to the same worker while that lives. Default: none.
   */
  key?: string | number | undefined;
  /** Gives it up: the promise rejects at once; a worker that runs it is told by its own signal, and ended after `abortGrace`. Any number of tasks can have the same one. */
  signal?: AbortSignalLike | null | undefined;
  /** ArrayBuffers that are given away instead of copied: they are detached here. */
  transfer?: readonly ArrayBuffer[] | undefined;
  /** As `transfer`: piscina's and tinypool's name. */
  transferList?: readonly ArrayBuffer[] | undefined;
  /** What goes with it, for the worker's `context.handle`: a connection, a server, a file. */
  handle?: Handle | undefined;
  /** Whether `handle` stays open here when it is there. Default: a server and a datagram socket do, a connection and a file do not. */
  keepOpen?: boolean | undefined;
  /** Called with what the task tells by `context.progress(value)`, in the async context of this call. */
  onProgress?: ((value: any) => void) | undefined;
  /** In a process of its own, that is ended afterwards. Default: the pool's `isolate`. */
  isolate?: boolean | undefined;
  /** Another file for this task, whose `setup()` is not called. Absolute path or file: URL. Default: the pool's. */
  filename?: string | URL | null | undefined;
  /** tinypool's: without a meaning here. */
  runtime?: unknown;
}

export interface MapOptions extends TaskOptions {
  /** Items that are begun and not taken yet, at most. Default: enough for small tasks, 64 for each that can run. */
  concurrency?: number | undefined;
  /** Results in the order of the items, or as they come. Default: true. */
  ordered?: boolean | undefined;
}

/** When no more tasks are tried, because too many have failed. Names as in opossum. */
export interface CircuitBreakerOptions {
  /** Percentage of tasks that failed within `rollingCountTimeout`, from which on it opens. Default: 50. */
  errorThresholdPercentage?: number | undefined;
  /** Tasks that must have been done within it, before it may open. Default: 10. */
  volumeThreshold?: number | undefined;
  /** Milliseconds that are looked back. Default: 10000. */
  rollingCountTimeout?: number | undefined;
  /** Parts in which that time passes. Default: 10. */
  rollingCountBuckets?: number | undefined;
  /** Milliseconds that it stays open, until some are tried. Default: 30000. */
  resetTimeout?: number | undefined;
  /** Tasks that are tried then, and have to succeed. Default: 1. */
  halfOpenTasks?: number | undefined;
  /** Returns true for an error that is no failure of the workers. Aborted tasks, a full queue, a closed pool and what cannot be sent never are. Default: all others count. */
  errorFilter?: ((error: any) => boolean) | undefined;
}

export interface BackoffOptions {
  /** Milliseconds until the second attempt. Default: 100. */
  initial?: number | undefined;
  /** Milliseconds at most. Default: 30000. */
  max?: number | undefined;
  /** By how much it grows. Default: 2. */
  factor?: number | undefined;
  /** Part of it that is left to chance, 0 to 1. Default: 0.5. */
  jitter?: number | undefined;
}

/** Bounds, which `configure()` changes while the pool runs. Milliseconds and bytes. Infinity stands for none. */
export interface PoolLimits {
  /** Workers that are there even if there is nothing to do. Default: 1. 0: the first task starts the first. */
  minWorkers?: number | undefined;
  /** Default: the CPUs that this process may use, by affinity and by the quota of its cgroup. */
  maxWorkers?: number | undefined;
  /** Workers beside these that are started and set up, and wait to take over from one that dies or is recycled, or for `isolate`. Default: 0. */
  spareWorkers?: number | undefined;
  /** Milliseconds that a worker above `minWorkers` has nothing to do, until it is ended. Default: 10000. */
  idleTimeout?: number | undefined;
  /**
   * Tasks that may wait, beside as many as can run. 'auto': the square of `maxWorkers`. See `overflow`. Default: Infinity.
   */
  maxQueue?: number | 'auto' | undefined;
  /** Bytes of all tasks that are not answered. One task alone may be larger. Default: 1 GiB. */
  maxQueuedBytes?: number | undefined;
  /** Processes of the pool, spares included, from which on it says so: event 'softLimit'. Default: Infinity. */
  softLimit?: number | undefined;
  /** Processes of the pool, spares included, above which it never goes. Default: Infinity. */
  hardLimit?: number | undefined;
  /** Bytes of memory that must be there for another worker to be started: of the machine, or of the cgroup. Default: 0. */
  minMemoryPerTask?: number | undefined;
  /** Load of the CPUs, 0 to 1, above which no more workers are started: by pressure (PSI) where the kernel tells. Default: Infinity. */
  maxCpuThreshold?: number | undefined;
  /** Tasks after which a worker is replaced. Default: Infinity. */
  maxTasksPerWorker?: number | undefined;
  /** Bytes resident, from which on a worker is replaced when it has nothing to do. Default: Infinity. */
  maxMemoryPerWorker?: number | undefined;
  /** Milliseconds after which a worker is replaced. Default: Infinity. */
  maxWorkerLifetime?: number | undefined;
  /** Milliseconds that a worker's event loop may stand still: then it is ended, and its tasks with 'unresponsive'. A task that computes for longer than that is one. Default: Infinity. */
  unresponsiveTimeout?: number | undefined;
  /** Milliseconds from the abort of a running task, or its timeout, until its worker is ended. Default: 1000. */
  abortGrace?: number | undefined;
}

/** What other pools call it: taken, so that moving over is changing the import. docs/pool.md has the table. */
export interface OtherPools {
  /** piscina's and tinypool's `minWorkers`. */
  minThreads?: number | undefined;
  /** piscina's and tinypool's `maxWorkers`. */
  maxThreads?: number | undefined;
  /** jest-worker's `maxWorkers`. */
  numWorkers?: number | undefined;
  /** workerpool's `maxQueue`. */
  maxQueueSize?: number | undefined;
  /** piscina's `nice`. */
  niceIncrement?: number | undefined;
  /** tinypool's `isolate`. */
  isolateWorkers?: boolean | undefined;
  /** tinypool's `teardownTimeout`. */
  terminateTimeout?: number | undefined;
  /** workerpool's `teardownTimeout`. */
  workerTerminateTimeout?: number | undefined;
  /** tinypool's `maxMemoryPerWorker`. */
  maxMemoryLimitBeforeRecycle?: number | undefined;
  /** Of threads: without a meaning here. */
  atomics?: unknown;
  useAtomics?: unknown;
  recordTiming?: unknown;
  runtime?: unknown;
  serialization?: unknown;
  stricterFIFO?: unknown;
  trackUnmanagedFds?: unknown;
  workerHistogram?: unknown;
  workerType?: unknown;
}

/**
 * Options of {@link Pool}. Names are piscina's and tinypool's where they have one; unknown ones are refused. docs/pool.md has a table.
 */
export interface PoolOptions extends PoolLimits, TaskDefaults, OtherPools {
  /**
   * The file whose functions run tasks: CommonJS, ES module, or TypeScript where Node runs that. Absolute path or file: URL. null: each run() names its own.
   * @example
   * new Pool({ filename: path.join(__dirname, 'worker.js') });
   * new Pool({ filename: new URL('./worker.mjs', import.meta.url) });
   */
  filename?: string | URL | null | undefined;
  /**
   * In place of `filename`, a program of any language that speaks the protocol (docs/protocol.md), with its arguments. Nothing is prefetched for it.
   * @example
   * new Pool({ program: ['python3', 'worker.py'] });
   */
  program?: string | readonly string[] | undefined;
  /** Which of the file's exports runs tasks that do not say; to a `program` it is told with them. Default: 'default'. */
  name?: string | undefined;
  /** What `setup()` gets, and `workerData` of `@x/procs/worker`: whatever structuredClone takes. */
  workerData?: any;
  /** Of the worker's process.argv, behind the file; of a `program`, behind its own arguments. Strings are made of them. */
  argv?: readonly any[] | undefined;

  /** Tasks that a worker runs at the same time: more than one where they wait for something. Default: 1. */
  concurrentTasksPerWorker?: number | undefined;
  /**
   * Tasks that are written to a worker before it is done with those that it runs. 'auto': about a millisecond's worth, by the measured run times of tasks of the same name; none to a
   * worker while another is idle. Default: 'auto'.
   */
  prefetch?: number | 'auto' | undefined;
  /**
   * What run() does when the queue is full. 'reject': ERR_PROCS_QUEUE_FULL. 'wait': its promise takes longer, for which `queueTimeout` and `deadline` count; who does not look at
   * `needsDrain` has the bound in vain. Default: 'reject'.
   */
  overflow?: 'wait' | 'reject' | undefined;
  /** Who gets the next task. 'affinity': the worker that had the last task with the same `key`. Default: 'least-busy'. */
  loadBalancing?: 'least-busy' | 'round-robin' | 'least-elu' | 'weighted' | 'affinity' | undefined;
  /** For 'weighted': of workers in the order in which they were up first. One that takes the place of another has its weight. Default: 1 each. */
  weights?: readonly number[] | undefined;
  /**
   * Milliseconds of waiting that are worth one step of priority: a task of priority 1 goes before those of priority 0 that were submitted up to so long before it, and no further, so that
   * nothing waits for ever. 0: priority alone counts. Default: 60000.
   */
  ageing?: number | undefined;
  /** A fresh process for each task. Give it `spareWorkers`. Default: false. */
  isolate?: boolean | undefined;
  /** Part of the three bounds of recycling that is left to chance, 0 to 1, so that workers are not replaced all at once. Default: 0.1. */
  recycleJitter?: number | undefined;

  /** Between attempts to start workers where that fails. */
  backoff?: BackoffOptions | undefined;
  /** Starts that may fail within `restartWindow`; then none is tried until the window allows it, and tasks are rejected at once. Default: 10. */
  maxRestarts?: number | undefined;
  /** Milliseconds. Default: 60000. */
  restartWindow?: number | undefined;
  /** Milliseconds from the start of a worker until its `setup()` is done, without those in which this process was stopped. Default: 30000. */
  startTimeout?: number | undefined;
  /** Milliseconds that a worker has for its `teardown()`. Default: 5000. */
  teardownTimeout?: number | undefined;
  /** Workers that may die while they have a task, until it is not tried again, whatever `retries` says. Default: 2. */
  poisonThreshold?: number | undefined;
  /** Milliseconds that close() waits for tasks to be done; then it is destroy(). Default: 30000. */
  closeTimeout?: number | undefined;
  /** Default: none. */
  circuitBreaker?: CircuitBreakerOptions | false | undefined;
  /**
   * Answers in place of a task that has failed, or that the circuit breaker or a full queue has not let through. Not for tasks that were aborted or cannot be sent, and not when
   * the pool is closed.
   * @example
   * new Pool({ filename, circuitBreaker: {}, fallback: (error, task) => cache.get(task.id) });
   */
  fallback?: ((error: any, task: any, options: TaskOptions) => any) | undefined;
  /** Whether the pool keeps the process running even when nothing is to be done, see {@link Pool.ref}. Default: false. */
  ref?: boolean | undefined;

  /** Node to run `filename` with. Default: this process's own. */
  execPath?: string | undefined;
  /** Its flags. Default: this process's own. */
  execArgv?: readonly string[] | undefined;
  /** Variables of workers, and no others. Default: this process's own. */
  env?: Readonly<Record<string, string | number | undefined>> | undefined;
  /** Which of this process's variables they have: names, or prefixes that end in '*'. With `env`: beside those. Default: all, or none with `env`. */
  envAllow?: readonly string[] | undefined;
  /** Default: this process's own. */
  cwd?: string | URL | undefined;
  uid?: number | undefined;
  gid?: number | undefined;
  /**
   * What each worker may use: V8's heap (`maxOldGenerationSizeMb` …) and what the kernel limits (`addressSpace`, `cpuTime`, `openFiles` …). One whose heap is used up ends with 'oom'.
   * @example
   * new Pool({ filename, resourceLimits: { maxOldGenerationSizeMb: 512, openFiles: 256 } });
   */
  resourceLimits?: ResourceLimits | undefined;
  /** -20 to 19: higher gives way to others. */
  nice?: number | undefined;
  /** CPUs that workers may run on. */
  cpuAffinity?: readonly number[] | undefined;
  /** 'pipe': events 'stdout' with its lines. Default: 'inherit'. */
  stdout?: 'inherit' | 'ignore' | 'pipe' | undefined;
  /** 'pipe': events 'stderr' with its lines. Default: 'inherit'. */
  stderr?: 'inherit' | 'ignore' | 'pipe' | undefined;
}

/**
 * What `pool.options` has: bounds are always there, `maxQueue` is a number, and of other options those that were given or have a default.
 */
export type PoolOptionsInForce = Readonly<
  Omit<PoolOptions, keyof PoolLimits | keyof OtherPools> & {
    [Name in keyof PoolLimits]-?: number;
  }
>;

/** A worker, as `pool.workers` has it. */
export interface PoolWorker {
  /** From 1, in the order of their starts; never given again. */
  readonly workerId: number;
  readonly pid: number;
  /** Whether it is set up. */
  readonly isUp: boolean;
  /** Milliseconds from its start until it was; null before. */
  readonly bootTime: number | null;
}

/** A line that a worker has written. */
export interface WorkerLine {
  /** Without its end. */
  readonly line: string;
  readonly workerId: number;
  readonly pid: number;
  /** Number of the task that wrote it; null where it was none. */
  readonly task: number | null;
  /** And its name. */
  readonly name: string | null;
}

export interface WorkerExit {
  readonly workerId: number;
  readonly pid: number;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What became of it: 'exit', 'signal', 'oom', 'unresponsive', 'timeout', 'aborted' … */
  readonly reason: string;
  /** Why the pool has ended it: 'idle', 'tasks', 'memory', 'lifetime', 'isolated', 'unresponsive', 'task' (abort or timeout), 'protocol', 'shutdown' …; null: it has ended by itself. */
  readonly why: string | null;
  /** The uncaught error that ended it, or null. */
  readonly error: any;
}

export interface PoolEvents {
  /** The bound of the queue is reached; 'drain' follows. */
  needsDrain: [];
  /** There is room again: at most half of `maxQueue` waits. */
  drain: [];
  /** A worker has called `emit(name, value)`. */
  message: [value: any, from: { name: string | undefined; workerId: number }];
  /** Workers cannot be started, and no task waits that could be told. Without a listener nothing happens. */
  error: [error: WorkerError];
  workerStart: [worker: { workerId: number; pid: number }];
  /** It is set up. bootTime: milliseconds. */
  workerUp: [worker: { workerId: number; pid: number; bootTime: number }];
  /** retry: milliseconds until it is tried again; null: it is not. */
  workerStartFailed: [failure: { workerId: number; error: WorkerError; retry: number | null }];
  /** It and all it had started is gone. */
  workerExit: [exit: WorkerExit];
  /** `maxRestarts` are used up: tasks are rejected at once. retry: milliseconds until one is tried again, or null. */
  gaveUp: [failure: { error: WorkerError; retry: number | null }];
  /** Workers can be started again. */
  recovered: [];
  /** It said what is none of the protocol, and is cut off. */
  workerFault: [fault: { workerId: number; error: Error & { code: string } }];
  /** So many processes are there as `softLimit` says. */
  softLimit: [processes: number];
  /** A worker was wanted beside others, and not started: there is too little memory, too much to do for the CPUs already, or no descriptor or process left for it. */
  scarce: [what: 'memory' | 'cpu' | 'descriptors' | 'processes'];
  /** With `stdout: 'pipe'`. */
  stdout: [line: WorkerLine];
  /** With `stderr: 'pipe'`. */
  stderr: [line: WorkerLine];
  /** The circuit breaker has changed its state. */
  circuit: [state: 'closed' | 'open' | 'half-open'];
  /** Every process is reaped. */
  close: [];
}

/** Of times in milliseconds. All 0 while there are none. */
export interface HistogramSummary {
  count: number;
  sum: number;
  mean: number;
  /** {@link mean}: piscina's name. */
  average: number;
  stddev: number;
  min: number;
  max: number;
  p50: number;
  p75: number;
  p90: number;
  p97_5: number;
  p99: number;
  p99_9: number;
}

/** A worker, as `stats()` has it. Milliseconds and bytes. */
export interface PoolWorkerStats {
  workerId: number;
  /** null: it is not started yet. */
  pid: number | null;
  state: 'starting' | 'spare' | 'idle' | 'busy' | 'draining' | 'ending';
  /** Why it is about to be ended, or null: 'idle', 'tasks', 'memory', 'lifetime', 'isolated', 'unresponsive' … */
  why: string | null;
  /** That it has. */
  tasks: number;
  completed: number;
  age: number;
  /** From its start until it was set up. */
  startTime: number | null;
  rss: number | null;
  /** Of CPU time that it has used. */
  cpu: number | null;
  /** Event loop utilisation, 0 to 1. */
  elu: number | null;
  heapUsed: number | null;
  heapLimit: number | null;
}

/** What `stats()` gives. Milliseconds and bytes; counts are since the pool was made. */
export interface PoolStats {
  /** Tasks that are not answered: those that wait, those that workers have, and those that wait for room in the queue. */
  pending: number;
  queued: number;
  /** Of all tasks that are not answered. */
  queuedBytes: number;
  running: number;
  /** Written to workers that have not begun them. */
  prefetched: number;
  /** Of the task that waits longest. */
  oldestWait: number;
  accepted: number;
  /** For which there was no room. */
  refused: number;
  /** Answered by a worker. */
  completed: number;
  /** Of these, by an error. */
  failed: number;
  /** Answers that nobody waited for any more. */
  late: number;
  retried: number;
  /** Tasks that no worker has answered, by what became of them: 'exit', 'signal', 'oom', 'timeout' … */
  ended: Record<string, number>;
  waitTime: HistogramSummary;
  runTime: HistogramSummary;
  /** Of workers, from their start until they are set up. */
  startTime: HistogramSummary;
  openWorkers: number;
  spareWorkers: number;
  startingWorkers: number;
  /** Workers that were started, up to now. */
  started: number;
  failedStarts: number;
  /** Workers that have ended unasked. */
  crashed: number;
  restarts: number;
  /** Workers that the pool has ended, by why. */
  endedWorkers: Record<string, number>;
  recycled: number;
  duration: number;
  utilization: number;
  workers: PoolWorkerStats[];
  /** null: there is no circuit breaker. */
  circuit: { state: 'closed' | 'open' | 'half-open'; failed: number; succeeded: number } | null;
  /** Lines and bytes that came from workers, with `stdout` or `stderr` 'pipe'; unheard: nobody listened. */
  output: { lines: number; bytes: number; unheard: number } | null;
}

/**
 * Runs functions of a module, or a program of any language, in child processes. Queue, scheduling and supervision are in Rust, and go on while this process's JavaScript is busy.
 *
 * Every task is answered exactly once: with its result, with what it threw, or with a {@link WorkerError} that says what became of it. The death of a worker concerns the tasks that it was
 * running, and no other.
 *
 * The pool keeps the process running while a task is open, and not otherwise. Workers never outlive it, nor this process, however that ends. One that nobody has, uses or listens to
 * any more is closed when it is garbage, with a warning.
 *
 * @example
 * const { Pool } = require('@x/procs');
 * await using pool = new Pool({ filename: path.join(__dirname, 'worker.js') });
 * await pool.run({ a: 1, b: 2 });
 *
 * // worker.js
 * module.exports = ({ a, b }) => a + b;
 */
export declare class Pool<Task = any, Result = any> extends EventEmitter<PoolEvents> {
  /** @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_MISSING_ARGS, before anything is started */
  constructor(options: PoolOptions);

  /**
   * Runs a task: whatever structuredClone takes.
   *
   * Rejects with what the function threw, with a {@link WorkerError}, with ERR_PROCS_QUEUE_FULL, ERR_PROCS_CIRCUIT_OPEN, DataCloneError, or for bad options. It never throws.
   * @example
   * const thumbnail = await pool.run(image, { name: 'resize', timeout: 5000, priority: 1 });
   */
  run<R = Result>(task: Task, options?: TaskOptions | null): Promise<R>;

  /**
   * Runs each item of an iterable as a task, some at a time, and gives the results. Items are taken from it as results are taken from here, so nothing piles up, whatever is slow. It waits for room
   * in the queue. The first task that fails, and its `signal`, end the loop, also while the iterable waits for its next item; so does leaving the loop, which gives up what is open. Can be
   * iterated once.
   * @example
   * for await (const hash of pool.map(files, { name: 'hash', concurrency: 100 })) console.log(hash);
   */
  map<R = Result>(iterable: Iterable<Task> | AsyncIterable<Task>, options?: MapOptions): AsyncIterableIterator<Awaited<R>>;

  /**
   * Sends a message to every worker that is up, for `onMessage()` of `@x/procs/worker`. Workers that come later do not get it, nor do those that have not read 64 MB, or
   * 65536 messages, of what they were sent before.
   * @returns how many workers got it
   */
  broadcast(message: unknown): number;

  /**
   * Runs a task once on every worker that is up, whatever else it has to do, and tells what came of each.
   * @example
   * await pool.runOnEach(null, { name: 'clearCache' });
   */
  runOnEach<R = Result>(task: Task, options?: TaskOptions | null): Promise<Array<{ workerId: number } & PromiseSettledResult<R>>>;

  /** Changes bounds while it runs; those that are not named stay. */
  configure(options: PoolLimits): this;

  /** As {@link stats}, as text for Prometheus and its kin (OpenMetrics). `labels` are added to every sample; `quantile`, `reason`, `result`, `state` and `worker` are its own. */
  openMetrics(options?: { prefix?: string | undefined; labels?: Readonly<Record<string, string>> | undefined }): string;

  /**
   * No more tasks are taken. Those that are there are done, then workers are ended: first their `teardown()`. Longer than `closeTimeout` it does not wait.
   * @param options.force tasks that have not begun are given up
   * @returns resolves when every process is reaped
   */
  close(options?: { force?: boolean | undefined }): Promise<void>;

  /**
   * Ends workers, trees and all. Open tasks reject with 'shutdown'.
   * @param options.grace milliseconds that they have for their `teardown()`. Default: 0: they are killed
   * @returns resolves when every process is reaped
   */
  destroy(options?: { grace?: number | undefined }): Promise<void>;

  /** {@link close}. */
  [Symbol.asyncDispose](): Promise<void>;
  /** {@link close}, and nobody waits for it. */
  [Symbol.dispose](): void;

  /** Keeps the process running from now on, even when nothing is to be done. */
  ref(): this;
  /** Does not keep the process running from now on, even while tasks are open. */
  unref(): this;

  /** Memory to be filled and given to a task without a copy: it is detached by that. Not cleared. Ordinary memory below 64 KiB, and where there is no shared memory. */
  alloc(size: number): ArrayBuffer;

  /** A snapshot. */
  stats(): PoolStats;

  /** Options as they are now, by our names, defaults filled in. A copy. */
  readonly options: PoolOptionsInForce;
  /** Those that run, and those that start: each from its event 'workerStart' to its 'workerExit'. `stats().workers` has more about them. */
  readonly workers: readonly PoolWorker[];
  /** Tasks that are not answered. */
  readonly pending: number;
  /** Those of them that wait: more than can run at once. */
  readonly queueSize: number;
  /** Whether the bound of the queue is reached; 'drain' follows. */
  readonly needsDrain: boolean;
  /** Whether close() or destroy() was called. */
  readonly isClosed: boolean;
  /** State of the circuit breaker. */
  readonly circuit: 'closed' | 'open' | 'half-open';
  /** Tasks that were answered. */
  readonly completed: number;
  /** Milliseconds since it was made. */
  readonly duration: number;
  /** Part of what `maxWorkers` could have done since then that was done, 0 to 1. */
  readonly utilization: number;
  /** Times of tasks, in milliseconds. */
  readonly histogram: { readonly runTime: HistogramSummary; readonly waitTime: HistogramSummary };
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly idleWorkers: number;

  /** piscina's and tinypool's name for {@link workers}. */
  readonly threads: readonly PoolWorker[];
  /** {@link minWorkers}. */
  readonly minThreads: number;
  /** {@link maxWorkers}. */
  readonly maxThreads: number;
  /** {@link idleWorkers}. */
  readonly idleThreads: number;

  /** Of this package. */
  static readonly version: string;
}
