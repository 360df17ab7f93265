import type { EventEmitter } from 'node:events';
import type { NoOptions, Path, Result, RunOptions, Subprocess } from '../run/index.js';

/** Options of a {@link CommandPool}. */
export interface CommandPoolOptions {
  /**
   * How many commands run at once. Default: the CPUs that this process may use, by its affinity and its cgroup.
   * @example
   * new CommandPool({ concurrency: 4 });
   */
  concurrency?: number | undefined;
  /** Another name of `concurrency`. */
  maxProcesses?: number | undefined;
  /**
   * So many at once are worth an event 'softLimit', which comes again when there have been fewer. Default: Infinity.
   * @example
   * new CommandPool({ concurrency: 16, softLimit: 12 }).on('softLimit', ({ running }) => log.warn({ running }));
   */
  softLimit?: number | undefined;
  /** There are never more at once, whatever `concurrency` is changed to. Default: Infinity. */
  hardLimit?: number | undefined;
  /**
   * Bytes that a command must find available before it is started, in this machine or container, and besides what those take that were
   * started in the last second. Default: 0. While there are not so many, commands wait, with an event 'held'.
   * @example
   * new CommandPool({ minMemoryPerTask: 500 * 2 ** 20 });
   */
  minMemoryPerTask?: number | undefined;
  /**
   * 0 to 1: while so much of the CPUs is in use, or waited for, no further command is started beside one that runs. Default: Infinity, for none.
   * @example
   * new CommandPool({ concurrency: 32, maxCpuThreshold: 0.9 });
   */
  maxCpuThreshold?: number | undefined;
  /** How many may wait, besides those that could run. Default: Infinity. Then run() rejects with 'ERR_PROCS_QUEUE_FULL', and 'drain' says when there is room. */
  maxQueue?: number | undefined;
  /** Milliseconds that a command may wait, unless its own options say otherwise. Default: Infinity. 0 is none as well. */
  queueTimeout?: number | undefined;
  /** Milliseconds of waiting that are worth one step of priority, so that nothing waits for ever. Default: 60000. 0 and Infinity: priority alone counts. */
  ageing?: number | undefined;
}

/** What the queue has to know of a command. */
export interface QueuedCommandOptions {
  /**
   * Higher goes first. Default: 0.
   * @example
   * await pool.run('convert', ['cover.tif', 'cover.png'], { priority: 10 });
   */
  priority?: number | undefined;
  /**
   * On whose behalf: those with different keys take turns, so that nobody's thousand commands keep another's one waiting.
   * @example
   * await pool.run('git', ['gc'], { key: user.id });
   */
  key?: string | number | undefined;
  /** Milliseconds that it may wait: then it is given up with 'ERR_PROCS_TASK_QUEUE_TIMEOUT'. `timeout` counts from its start. Default: the pool's. */
  queueTimeout?: number | undefined;
  /**
   * Called when it has been started: with what run() returns, for its streams, its pid, or kill().
   * @example
   * await pool.run('make', { onStart: (subprocess) => subprocess.stdout.pipe(log) });
   */
  onStart?: ((subprocess: Subprocess) => void) | undefined;
}

/** Options of {@link CommandPool.run}: those of `run()`, but for `lifetime: 'independent'`, and the queue's. */
export interface CommandOptions extends Omit<RunOptions, 'lifetime'>, QueuedCommandOptions {
  lifetime?: 'parent' | undefined;
}

/** A histogram of durations, in milliseconds. The percentiles (`p50`, `p99_9` …) are missing while `count` is 0. */
export interface CommandTimes {
  count: number;
  sum: number;
  min?: number;
  max?: number;
  mean?: number;
  stddev?: number;
  [percentile: `p${string}`]: number | undefined;
}

export interface CommandPoolStats {
  queued: number;
  running: number;
  /** Commands that ended well. */
  completed: number;
  /** Those that did not, or could not be started. */
  failed: number;
  /** Those that were aborted, or given up, before their turn. */
  unstarted: number;
  /** What this machine has too little of for the next one. */
  held: 'memory' | 'cpu' | null;
  /** Of those that were started. */
  waitTime: CommandTimes;
  /** Of those that are over. */
  runTime: CommandTimes;
}

export interface CommandPoolEvents {
  /** `softLimit` commands run at once. */
  softLimit: [{ running: number }];
  /** There is a place, and commands that wait, but this machine cannot bear another one now. */
  held: [{ reason: 'memory' | 'cpu'; queued: number; running: number }];
  /** There is room again, after 'ERR_PROCS_QUEUE_FULL'. */
  drain: [];
}

/**
 * `run()`, so many commands at once and as the machine can bear. The queue is that of {@link Pool}: priority with ageing, turns for keys, first in
 * first out. A command that was accepted is answered exactly once: as `run()` answers, or with an error that says why it was not started.
 *
 * @example
 * const pool = new CommandPool({ concurrency: 4, minMemoryPerTask: 200 * 2 ** 20 });
 * const sizes = await Promise.all(files.map((file) => pool.run('identify', [file])));
 */
export class CommandPool extends EventEmitter<CommandPoolEvents> {
  /** @throws for options that make no sense; nothing is started. */
  constructor(options?: CommandPoolOptions);

  /**
   * Runs a program when its turn comes; at once, if there is a place.
   * @returns what `run()` gives when it is over. Rejects as that does, and with 'ERR_PROCS_QUEUE_FULL', 'ERR_PROCS_TASK_QUEUE_TIMEOUT',
   *   'ERR_PROCS_POOL_CLOSED'. A signal that is aborted while it waits makes it 'ERR_PROCS_CANCELED', without a process.
   * @example
   * const { stdout } = await pool.run('git', ['rev-parse', 'HEAD'], { cwd, timeout: 5_000, priority: 1 });
   */
  run<O extends CommandOptions = NoOptions>(
    file: Path,
    args?: readonly (string | number)[] | null,
    options?: O & QueuedCommandOptions,
  ): Promise<Result<O>>;
  run<O extends CommandOptions = NoOptions>(file: Path, options?: O & QueuedCommandOptions): Promise<Result<O>>;

  /** Changes what is given, but for `ageing`. What runs goes on. */
  configure(options: CommandPoolOptions): this;
  /** Takes nothing more. Resolves when all that was accepted is over. */
  close(): Promise<void>;
  /** Takes nothing more, gives up what waits ('ERR_PROCS_POOL_CLOSED'), and ends what runs as `subprocess.kill()` does. Resolves when nothing is left. */
  destroy(): Promise<void>;
  /** close() */
  [Symbol.asyncDispose](): Promise<void>;

  stats(): CommandPoolStats;
  /** How many wait. */
  readonly queueSize: number;
  readonly running: number;
  /** A command was refused since there was room last. */
  readonly needsDrain: boolean;
  readonly isClosed: boolean;
  readonly options: Readonly<Required<Omit<CommandPoolOptions, 'maxProcesses'>>>;
}
