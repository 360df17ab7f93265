import cp = require('node:child_process');

import type { FileHandle } from 'node:fs/promises';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { ReadableStream, WritableStream } from 'node:stream/web';
import type { Broker, BrokerAddress, Channel, ChannelOptions } from '../ipc/index.js';

/** The name of a signal ('SIGTERM', in any case), or its number. Unknown ones are refused with `ERR_UNKNOWN_SIGNAL`. */
export type Signal = NodeJS.Signals | Lowercase<NodeJS.Signals> | number;

/** A path: string, or `file:` URL. */
export type Path = string | URL;

/** Text or bytes. */
export type Chunk = string | Uint8Array;

/** How output is decoded. Buffer's other names for these are taken as well ('utf-8', 'ucs2', 'binary'). */
export type Encoding = 'utf8' | 'utf16le' | 'buffer' | 'hex' | 'base64' | 'base64url' | 'latin1' | 'ascii';

/**
 * One value for all outputs, or one for each. Stronger first: `stdout` and `stderr`, `fd1`, `fd2`, `fd3` and so on, `all` for the rest.
 * @example
 * await run('make', { lines: { stderr: true }, maxBuffer: { stdout: 1e9, all: 1e6 } });
 */
export type PerStream<T> = T | { stdout?: T | undefined; stderr?: T | undefined; all?: T | undefined; [fd: `fd${number}`]: T | undefined };

/** What an output of the child is connected to. */
export type OutputTarget =
  | 'pipe'
  | 'inherit'
  | 'ignore'
  | 'overlapped'
  | number
  | { file: Path; append?: boolean }
  | URL
  | FileHandle
  | Writable
  | WritableStream
  | null
  | undefined;

/** What the child's stdin comes from. */
export type InputSource =
  | 'pipe'
  | 'inherit'
  | 'ignore'
  | 'overlapped'
  | number
  | { file: Path }
  | URL
  | FileHandle
  | Readable
  | ReadableStream
  | NodeJS.ArrayBufferView
  | ArrayBuffer
  | Iterable<Chunk>
  | AsyncIterable<Chunk>
  | null
  | undefined;

/** What is written to the child's stdin, which is then closed. */
export type Input = string | NodeJS.ArrayBufferView | ArrayBuffer | Readable | ReadableStream | Iterable<Chunk> | AsyncIterable<Chunk>;

/** One target, or several: all of them get everything. */
export type OutputOption = OutputTarget | readonly OutputTarget[];

/** One source, or several, which are read one after the other. */
export type InputOption = InputSource | readonly InputSource[];

/** One entry of `stdio`. From fd 3 on outputs, unless the value can only be an input or `input: true` says so. */
export type StdioEntry = OutputOption | InputOption | { value: InputOption; input: boolean };

/** A line that {@link RunSyncOptions.verbose} is about to print. */
export interface VerboseInfo {
  type: 'command' | 'output' | 'error' | 'duration';
  /** Without time, number and icon. */
  message: string;
  /** Quoted for a person. */
  command: string;
  /** The same for all lines of one command. */
  commandId: string;
  timestamp: Date;
  /** When it has ended. */
  result?: Result | ProcessError;
}

/** Prints what it returns; nothing when that is undefined. Sees the lines of 'full'. */
export type VerboseFunction = (line: string, info: VerboseInfo) => string | undefined;

/** A limit: for good, or one that warns and one that is for good. `Infinity` for none; without `hard` that one stays as it is. */
export type ResourceLimit = number | { soft: number; hard?: number | undefined };

/** What a child may use, see setrlimit(2). In bytes, unless it says otherwise. Inherited by all that it starts. */
export interface ResourceLimits {
  /** Of virtual memory. Node itself asks for more than a gigabyte of it, and for ten with WebAssembly, of which it uses little. */
  addressSpace?: ResourceLimit | undefined;
  /** Of a core dump. */
  coreSize?: ResourceLimit | undefined;
  /** Milliseconds of all threads together, rounded up to seconds. SIGXCPU at the soft limit, SIGKILL at the hard one: a second later, if a number is given. */
  cpuTime?: ResourceLimit | undefined;
  /** Of its own writable memory. */
  dataSize?: ResourceLimit | undefined;
  /** Of a file that it writes: SIGXFSZ. */
  fileSize?: ResourceLimit | undefined;
  /** Of memory that is kept from being swapped out. */
  lockedMemory?: ResourceLimit | undefined;
  /** One more than the highest descriptor. */
  openFiles?: ResourceLimit | undefined;
  /** Of the user, whoever has started them; threads count. Root is not bound by it. */
  processes?: ResourceLimit | undefined;
  /** Of the first thread's stack. */
  stackSize?: ResourceLimit | undefined;
  /** Of V8's heap in MiB (`--max-old-space-size`): past it the process ends. Node only. */
  maxOldGenerationSizeMb?: number | undefined;
  /** Of the part of it where new objects are, in MiB (a third of it is `--max-semi-space-size`). Node only. */
  maxYoungGenerationSizeMb?: number | undefined;
  /** Of JavaScript's stack in MiB (`--stack-size`). Node only. */
  stackSizeMb?: number | undefined;
}

/** Options of {@link runSync}, and of {@link run} too. Unknown names are refused, with a suggestion. `undefined` is the default, everywhere. */
export interface RunSyncOptions {
  /**
   * The child's working directory. Default: this process's own. One that is missing, no directory, or not to be entered fails with a
   * {@link ProcessError} that names it (`code` 'ENOENT', 'ENOTDIR', 'EACCES').
   * @example
   * await run('git', ['status', '--short'], { cwd: '/srv/app' });
   */
  cwd?: Path | Uint8Array | undefined;
  /**
   * Variables to set, over those of this process. `undefined` takes one away. Default: none. Names with '=' and values with NUL bytes are
   * refused (`ERR_INVALID_ARG_VALUE`).
   * @example
   * await run('npm', ['ci'], { env: { NODE_ENV: 'production', NODE_OPTIONS: undefined } });
   */
  env?: Readonly<Record<string, string | number | undefined>>;
  /**
   * Whether the child also gets this process's variables. Default: true. With false it has those in `env` and no others.
   * @example
   * await run('/usr/bin/env', { extendEnv: false, env: { LANG: 'C' } });
   */
  extendEnv?: boolean | undefined;
  /**
   * Which of this process's variables the child may see: names, or prefixes that end in '*'. Default: all. Not with `extendEnv: false`.
   * @example
   * await run('plugin', { envAllow: ['PATH', 'HOME', 'LC_*'] });
   */
  envAllow?: readonly string[] | undefined;
  /**
   * Which of this process's variables the child must not see: names, or prefixes that end in '*'. Default: none. What `env` sets stays.
   * @example
   * await run('plugin', { envDeny: ['AWS_*', 'GITHUB_TOKEN'] });
   */
  envDeny?: readonly string[] | undefined;
  /**
   * Looks for programs in `node_modules/.bin` first, of `localDir` and of all folders above it; or of the folders given here. Default: false;
   * true for {@link $}.
   * @example
   * await run('eslint', ['.'], { preferLocal: true });
   */
  preferLocal?: boolean | Path | readonly Path[] | undefined;
  /**
   * Where `preferLocal` begins. Default: `cwd`.
   * @example
   * await run('eslint', ['.'], { preferLocal: true, localDir: __dirname });
   */
  localDir?: Path | undefined;
  /**
   * Runs the command by a shell: true for `/bin/sh`, or another one's path. Default: false. File and args are joined by spaces and **not
   * quoted**: never with input that is not yours. Not with `node`.
   * @example
   * await run('du -s * | sort -n | tail -3', { shell: true });
   */
  shell?: boolean | Path | undefined;
  /**
   * What the child sees as its own name. Default: the file.
   * @example
   * await run('/bin/busybox', ['-la'], { argv0: 'ls' });
   */
  argv0?: string | undefined;
  /**
   * User id to run as. Default: this process's. Fails with 'EPERM' where it is not permitted.
   * @example
   * await run('id', ['-u'], { uid: 1000, gid: 1000 });
   */
  uid?: number | undefined;
  /**
   * Group id to run as. Default: this process's.
   * @example
   * await run('id', ['-g'], { gid: 1000 });
   */
  gid?: number | undefined;
  /**
   * The file is a script for Node, with `nodePath` and `nodeOptions`, and with a channel (`ipc`) unless that is false. `node` means the same
   * Node in its PATH. Default: false. Not with `shell`.
   * @example
   * const worker = run('worker.js', { node: true });
   */
  node?: boolean | undefined;
  /**
   * The Node that `node` runs. Default: `process.execPath`. Relative to `cwd`.
   * @example
   * await run('old.js', { node: true, nodePath: '/opt/node-20/bin/node' });
   */
  nodePath?: Path | undefined;
  /**
   * Flags for it. Default: `process.execArgv`, without those for a debugger or for code on the command line.
   * @example
   * await run('big.js', { node: true, nodeOptions: ['--max-old-space-size=4096'] });
   */
  nodeOptions?: readonly string[] | undefined;
  /**
   * What it may use, and all that it starts. Default: as this process. What this process may not raise fails with 'EPERM', before anything is
   * started. Those of V8's need `node: true`.
   * @example
   * await run('convert', ['in.tif', 'out.png'], { resourceLimits: { addressSpace: 2 ** 31, cpuTime: 10_000, fileSize: 100_000_000 } });
   */
  resourceLimits?: ResourceLimits | undefined;
  /**
   * How little it insists on a CPU: -20 (served first, which takes a privilege: 'EPERM') to 19. Default: as this process.
   * @example
   * await run('make', ['-j8'], { nice: 19 });
   */
  nice?: number | undefined;
  /**
   * Numbers of the CPUs that it may run on. Default: those of this process. Linux only. When it may run on none of them, it fails with 'EINVAL'.
   * @example
   * await run('bench', { cpuAffinity: [3] });
   */
  cpuAffinity?: readonly number[] | undefined;

  /**
   * Where stdin comes from. Default: 'pipe'; 'inherit' for {@link $}. Not with `stdio`.
   * @example
   * await run('sort', { stdin: [{ file: 'a.txt' }, { file: 'b.txt' }] });
   */
  stdin?: InputOption | undefined;
  /**
   * Where stdout goes. Default: 'pipe', which is collected for the result. A `{ file }`, fd or 'inherit' that stands alone is given to the
   * child itself: no byte passes through this process, and the result has none. In an array, each gets everything; what holds 'pipe' is collected too.
   * @example
   * await run('make', { stdout: ['pipe', 'inherit', { file: 'make.log', append: true }] });
   */
  stdout?: OutputOption | undefined;
  /**
   * Where stderr goes, as `stdout`. Default: 'pipe'.
   * @example
   * await run('make', { stderr: 'inherit' });
   */
  stderr?: OutputOption | undefined;
  /**
   * All of them at once: a word for 0, 1 and 2, or an entry for each fd of the child, more than three if it needs them. Default: 'pipe'.
   * @example
   * const { stdio } = await run('gpg', ['--status-fd', '3', '-v', 'x.sig'], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
   */
  stdio?: 'pipe' | 'inherit' | 'ignore' | 'overlapped' | readonly StdioEntry[] | undefined;
  /**
   * What is written to stdin, behind what `stdin` gives. Default: none. Strings go out as UTF-8. A child that does not read it is no error.
   * @example
   * const { stdout } = await run('sort', { input: 'b\na\n' });
   */
  input?: Input | undefined;
  /**
   * A file that is read as stdin, behind `input`. Default: none. When it is all there is, the child gets it as its own.
   * @example
   * await run('psql', ['app'], { inputFile: 'dump.sql' });
   */
  inputFile?: Path | undefined;
  /**
   * Also collects stdout and stderr as one, in the order in which they arrive: `result.all` and `subprocess.all`. Default: false. Two pipes
   * are read here: what is written to both at nearly the same time may come in another order than it was written in.
   * @example
   * const { all } = await run('npm', ['test'], { all: true });
   */
  all?: boolean | undefined;
  /**
   * How output is decoded. Default: 'utf8'. 'buffer' gives Buffers.
   * @example
   * const { stdout } = await run('tar', ['-c', 'src'], { encoding: 'buffer' });
   */
  encoding?: Encoding | undefined;
  /**
   * Gives arrays of lines. Default: false. A line ends in '\n' or '\r\n'. Of no effect with encodings other than 'utf8' and 'utf16le'.
   * @example
   * const { stdout } = await run('git', ['branch'], { lines: true });
   */
  lines?: PerStream<boolean> | undefined;
  /**
   * Takes away one final '\n' or '\r\n'; with `lines`, that of each. Default: true.
   * @example
   * const { stdout } = await run('cat', ['x'], { stripFinalNewline: false });
   */
  stripFinalNewline?: PerStream<boolean> | undefined;
  /**
   * Bytes kept of each output, of `all` of both together. Default: 100_000_000. When there are more the first are kept, the child is ended,
   * and the command has failed (`isMaxBuffer`, 'ERR_PROCS_MAX_BUFFER').
   * @example
   * await run('journalctl', { maxBuffer: Infinity });
   */
  maxBuffer?: PerStream<number> | undefined;
  /**
   * Whether output is collected for the result. Default: true. With false it is for whoever reads from the subprocess, and the child waits
   * for them; what nobody reads is thrown away.
   * @example
   * for await (const line of run('tail', ['-f', 'log'], { buffer: false })) console.log(line);
   */
  buffer?: PerStream<boolean> | undefined;

  /**
   * Whether a failure rejects (or, with {@link runSync}, is thrown). Default: true. With false the result says `failed`.
   * @example
   * const { exitCode } = await run('grep', ['-q', 'x', 'file'], { reject: false });
   */
  reject?: boolean | undefined;
  /**
   * Tells on stderr what is run: true or 'short' prints a line when a command starts and one when it ends, 'full' also what it says, a
   * function what it returns. Default: false; 'short' with `NODE_DEBUG=procs`.
   * @example
   * await run('make', { verbose: true });
   * // [09:41:00.123] [0] $ make
   * // [09:41:02.456] [0] ✔ (done in 2.3 s)
   */
  verbose?: PerStream<boolean | 'none' | 'short' | 'full' | VerboseFunction> | undefined;

  /**
   * Milliseconds until the child is ended: `killSignal`, then SIGKILL after `forceKillAfterDelay`, as far as `killMode` reaches. The command
   * has failed then (`timedOut`, 'ERR_PROCS_TIMEOUT'). Default: 0, none.
   * @example
   * await run('curl', ['-sSf', url], { timeout: 10_000 });
   */
  timeout?: number | undefined;
  /**
   * What ends a child that is to end. Default: 'SIGTERM'.
   * @example
   * await run('nginx', { killSignal: 'SIGQUIT', timeout: 60_000 });
   */
  killSignal?: Signal | undefined;
  /**
   * Milliseconds from `killSignal` to SIGKILL. Default: 5000, as with true. false or Infinity: never.
   * @example
   * await run('postgres', { timeout: 60_000, forceKillAfterDelay: 30_000 });
   */
  forceKillAfterDelay?: number | boolean | undefined;
  /**
   * Who is ended with the child: 'tree', everything that it has started, also what left its session; 'group', its process group, which it
   * leads then; 'process', nobody. Default: 'tree'.
   * @example
   * await run('ssh-agent', { killMode: 'process' });
   */
  killMode?: 'process' | 'group' | 'tree' | undefined;
  /**
   * What is waited for. 'exit': the child, and what is left in its pipes, see `drainTimeout`. 'close': until nobody has them open, as Node
   * and execa do. 'tree': until nothing that it has started is left (not with {@link runSync}). Default: 'exit'.
   * @example
   * await run('make', { waitFor: 'close' });
   */
  waitFor?: 'close' | 'exit' | 'tree' | undefined;
  /**
   * Milliseconds without a byte, after the exit, until pipes that somebody else has open are given up; the result says so
   * (`stdoutHeldOpen`). Default: 100. Infinity: never. Not with `waitFor: 'close'`.
   * @example
   * await run('service', ['start'], { drainTimeout: 0 });
   */
  drainTimeout?: number | undefined;
  /**
   * Whether the child ends with this process. Default: true. With false it goes on, but is still waited for; compare `lifetime`.
   * @example
   * await run('backup', { cleanup: false });
   */
  cleanup?: boolean | undefined;

  /** Of no effect on this platform. */
  windowsHide?: boolean | undefined;
  /** Of no effect on this platform. */
  windowsVerbatimArguments?: boolean | undefined;
}

/** When a command that has failed is started anew. */
export interface RetryOptions {
  /** Attempts, the first one included: 1 to 1,000,000. Default: 3. */
  attempts?: number | undefined;
  /**
   * Milliseconds between two attempts; or a growing time: `initial` (100), times `factor` (2) after each failure, up to `max` (60,000), of
   * which the share `jitter` (0 to 1; 0) is left to chance; or a function of the number of the attempt that failed. Default: the second.
   */
  backoff?:
    | number
    | { initial?: number; factor?: number; max?: number; jitter?: number }
    | ((attempt: number, error: ProcessError) => number | Promise<number>)
    | undefined;
  /**
   * After what: a function; or exit codes, signals, 'timeout' and error codes. Default: any failure. Never after `kill()`, `signal` and
   * {@link shutdown}: who does that wants it to be over.
   */
  on?: ((error: ProcessError, attempt: number) => boolean | Promise<boolean>) | readonly (number | string)[] | undefined;
}

/** A terminal for the child. */
export interface PtyOptions {
  /** Columns, 1 to 65535. Default: 80. */
  cols?: number | undefined;
  /** Rows, 1 to 65535. Default: 24. */
  rows?: number | undefined;
  /** The child's TERM. Default: 'xterm-256color'. */
  term?: string | undefined;
}

/** Options of {@link run}. */
export interface RunOptions extends RunSyncOptions {
  /**
   * Ends the child, as `timeout` does, when it is aborted (`isCanceled`, 'ERR_PROCS_CANCELED', `cause` is its reason). Already aborted:
   * nothing is started. Default: none.
   * @example
   * await run('make', { signal: AbortSignal.timeout(60_000) });
   */
  signal?: AbortSignal | undefined;
  /** `signal` under execa's name. */
  cancelSignal?: AbortSignal | undefined;
  /**
   * Asks a Node child first, by the AbortSignal that {@link getCancelSignal} gives there, and sends no signal before `forceKillAfterDelay` is
   * over. For `timeout`, `signal` and dispose. Default: false. Opens a channel (`ipc`).
   * @example
   * await run('worker.js', { node: true, gracefulCancel: true, signal });
   */
  gracefulCancel?: boolean | undefined;
  /**
   * 'parent': the child and all it has started end when this process does, however it ends. 'independent': they go on; the child is a
   * daemon with a session of its own, is not waited for, and its output is nobody's. Default: 'parent'.
   * @example
   * run('syncd', { lifetime: 'independent', stdout: { file: '/var/log/syncd.log', append: true } });
   */
  lifetime?: 'parent' | 'independent' | undefined;
  /**
   * A session of its own: Ctrl-C does not reach it. Default: false; true with `lifetime: 'independent'`. Its lifetime stays what it is.
   * @example
   * await run('editor-server', { detached: true });
   */
  detached?: boolean | undefined;
  /**
   * A channel to a Node child: `subprocess.send()` and 'message' here, `process.send()` there. Default: false; true with `node`, `ipcInput` and
   * `gracefulCancel`.
   * @example
   * const worker = run('worker.js', { node: true });
   * worker.on('message', console.log).send({ n: 1 });
   */
  ipc?: boolean | undefined;
  /**
   * How messages are serialized. Default: 'advanced' (structured clone). 'structured': a channel of ours, `subprocess.channel`, to a program in whatever
   * language that knows it: requests, streams, bytes through shared memory, see docs/ipc.md. Opens a channel (`ipc`).
   * @example
   * const worker = run('python3', ['worker.py'], { serialization: 'structured' });
   * const answer = await worker.channel.request({ add: [2, 3] });
   */
  serialization?: 'json' | 'advanced' | 'structured' | undefined;
  /** Options of that channel. Default: none. Needs `serialization: 'structured'`. */
  channel?: ChannelOptions | undefined;
  /**
   * A broker that the child is to be a client of: `require('@x/procs/ipc').broker` there, or the variable `PROCS_BROKER`. Default: none.
   * @example
   * const broker = createBroker();
   * run('worker.js', { node: true, broker: { address: broker.address, name: 'worker-1' } });
   */
  broker?: Broker | BrokerAddress | { address: string; name?: string | undefined } | undefined;
  /**
   * With `node`: our code at the script's end of the channel as well, without a change to the script. Several times the messages, through shared
   * memory where there can be some; `subprocess.channel.transport` says 'ring' or 'socket'. Default: Node's own code there.
   * @example
   * const worker = run('worker.js', { node: true, transport: 'fast' });
   */
  transport?: 'fast' | undefined;
  /**
   * A message that is sent at once. Default: none. What cannot be serialized is refused before the start.
   * @example
   * await run('worker.js', { node: true, ipcInput: { task: 1 } });
   */
  ipcInput?: unknown | undefined;
  /**
   * Starts the command anew when it has failed: a number of attempts, or more precisely. Default: never. The promise is settled by the last
   * attempt; `pid`, streams and methods are those of the attempt that is running. Not with streams as input or output, nor with pipe().
   * @example
   * await run('curl', ['-sSf', url], { retry: { attempts: 5, backoff: { initial: 500, jitter: 0.5 }, on: [6, 7, 28] } });
   */
  retry?: number | RetryOptions | undefined;
  /**
   * Gives the child a terminal for stdin, stdout and stderr. Default: none. `subprocess.stdout` is one stream for both directions. Not with the
   * options for streams.
   * @example
   * const shell = run('bash', { pty: { cols: 120, rows: 40 } });
   */
  pty?: boolean | PtyOptions | undefined;
}

type Wide<O> = 'encoding' extends keyof O ? (RunOptions extends O ? true : false) : false;
type Named<N extends 'stdout' | 'stderr', V> = N extends 'stdout' ? { stdout: V } : { stderr: V };
type NotCollected = 'inherit' | 'ignore' | number | { file: Path } | URL;

/** What is collected of an output, by the options. */
export type Output<O, N extends 'stdout' | 'stderr'> =
  Wide<O> extends true
    ? string | string[] | Buffer | undefined
    : O extends { buffer: false } | { lifetime: 'independent' } | { stdio: 'inherit' | 'ignore' } | Named<N, NotCollected>
      ? undefined
      : O extends { buffer: object } | { stdio: readonly unknown[] } | Named<N, readonly unknown[]> | Named<N, object>
        ? string | string[] | Buffer | undefined
        : O extends { encoding: 'buffer' }
          ? Buffer
          : O extends { encoding: 'hex' | 'base64' | 'base64url' | 'latin1' | 'ascii' }
            ? string
            : O extends { lines: true }
              ? string[]
              : O extends { lines: object }
                ? string | string[]
                : string;

/** No option is set. */
export type NoOptions = Record<never, never>;

/** How a command came to its end. */
export type ExitReason = 'exit' | 'signal' | 'timeout' | 'canceled' | 'maxBuffer' | 'killed' | 'stream' | 'shutdown' | 'notStarted';

/** What the child, and those it waited for, used. Names as in `process.resourceUsage()`; where the unit differs it is said. */
export interface ResourceUsage {
  /** Microseconds. */
  userCPUTime: number;
  /** Microseconds. */
  systemCPUTime: number;
  /** **Bytes** (Node's are kilobytes). undefined when it is not above what this process had when it started the child: the kernel counts that in. */
  maxRSS: number | undefined;
  minorPageFault: number;
  majorPageFault: number;
  fsRead: number;
  fsWrite: number;
  voluntaryContextSwitches: number;
  involuntaryContextSwitches: number;
}

/** What became of a tree. */
export interface TreeReport {
  /** How its members were found. */
  mechanism: string;
  /** How many processes got the signal. */
  signalled: number;
  /** Who is still there although it should not be, or may not be signalled. */
  left: { pid: number; command: string; reason: string }[];
}

/** What became of a command. All fields are always there; `undefined` where there is nothing to say. */
export interface Result<O = RunOptions> {
  /** Quoted for a person. Can be pasted into a shell; must not be executed by a program. */
  command: string;
  /** As given, without quotes. */
  file: string;
  args: readonly string[];
  /** Absolute. */
  cwd: string | undefined;
  /** undefined: it was not started. */
  pid: number | undefined;
  /** undefined where nothing was collected. */
  stdout: Output<O, 'stdout'>;
  stderr: Output<O, 'stderr'>;
  /** Of both, with `all: true`. */
  all: O extends { all: true } ? Output<O, 'stdout'> : string | string[] | Buffer | undefined;
  /** By fd; that of stdin is undefined. */
  stdio: (string | string[] | Buffer | undefined)[];
  /** undefined: ended by a signal, or not started. */
  exitCode: number | undefined;
  /** That ended it: 'SIGTERM'. */
  signal: NodeJS.Signals | undefined;
  /** 'Termination'. */
  signalDescription: string | undefined;
  /** Milliseconds, from the call. */
  durationMs: number;
  failed: boolean;
  exitReason: ExitReason;
  /** `timeout` was over. */
  timedOut: boolean;
  /** `signal` was aborted. */
  isCanceled: boolean;
  /** ... and the child was asked first, see `gracefulCancel`. */
  isGracefullyCanceled: boolean;
  isMaxBuffer: boolean;
  /** kill(), killTree() or dispose ended it, or an iterator that stopped early. */
  isKilled: boolean;
  /** It ended by a signal, whoever sent it. */
  isTerminated: boolean;
  /** SIGKILL had to follow. */
  isForcefullyTerminated: boolean;
  /** Somebody else had its stdout still open, and it was given up, see `drainTimeout`. */
  stdoutHeldOpen: boolean;
  stderrHeldOpen: boolean;
  /** undefined: it was not started. */
  resourceUsage: ResourceUsage | undefined;
  /** What ending its tree came to; undefined when it was not ended. */
  tree: TreeReport | undefined;
  /** See `retry`. */
  attempts: number;
  /** Of what was piped into it, see {@link Subprocess.pipe}. */
  pipedFrom: Result[];
}

/**
 * A command has failed. Has all that a {@link Result} has. `stack` shows where it was called.
 *
 * `message` is the reason and the command, what the system said, and the last lines of stderr, ten at most:
 * ```
 * Command failed with exit code 128: git push 'my remote'
 *
 * fatal: 'my remote' does not appear to be a git repository
 * ```
 * `code` is the system's ('ENOENT') when it could not be started, else `ERR_PROCS_EXIT`, `_SIGNAL`, `_TIMEOUT`, `_CANCELED`, `_MAX_BUFFER`,
 * `_KILLED`, `_STREAM` or `_SHUTDOWN`.
 */
export declare class ProcessError extends Error implements Result {
  private constructor();
  name: 'ProcessError';
  code: string;
  /** Without the lines of stderr. */
  shortMessage: string;
  /** The message of `cause`. */
  originalMessage: string | undefined;
  command: string;
  file: string;
  args: readonly string[];
  cwd: string | undefined;
  pid: number | undefined;
  stdout: string | string[] | Buffer | undefined;
  stderr: string | string[] | Buffer | undefined;
  all: string | string[] | Buffer | undefined;
  stdio: (string | string[] | Buffer | undefined)[];
  exitCode: number | undefined;
  signal: NodeJS.Signals | undefined;
  signalDescription: string | undefined;
  durationMs: number;
  failed: boolean;
  exitReason: ExitReason;
  timedOut: boolean;
  isCanceled: boolean;
  isGracefullyCanceled: boolean;
  isMaxBuffer: boolean;
  isKilled: boolean;
  isTerminated: boolean;
  isForcefullyTerminated: boolean;
  stdoutHeldOpen: boolean;
  stderrHeldOpen: boolean;
  resourceUsage: ResourceUsage | undefined;
  tree: TreeReport | undefined;
  attempts: number;
  pipedFrom: Result[];
}

/** Which output, and in which form. */
export interface FromOptions {
  /** Default: 'stdout'. 'all' needs `all: true`. */
  from?: 'stdout' | 'stderr' | 'all' | `fd${number}` | undefined;
  /** Bytes in place of lines. Default: false for iterable(), true for streams. */
  binary?: boolean | undefined;
  /** Lines with their ends. Default: false for iterable(), true for streams. */
  preserveNewlines?: boolean | undefined;
}

/** Which input. */
export interface ToOptions {
  /** Default: 'stdin'. */
  to?: 'stdin' | `fd${number}` | undefined;
}

/** How two commands are joined. */
export interface PipeOptions extends ToOptions {
  /** Default: 'stdout'. */
  from?: 'stdout' | 'stderr' | 'all' | `fd${number}` | undefined;
  /** Parts them again; both go on. */
  unpipeSignal?: AbortSignal | undefined;
}

/**
 * A started command: a ChildProcess that can be awaited, and iterated over by line. Made by {@link run} and {@link $}.
 *
 * `stdin`, `stdout` and `stderr` are streams of Node's, opened when they are first asked for. Whoever reads from them gets everything, and the
 * result is collected all the same unless `buffer` is false.
 */
export declare class Subprocess<O = RunOptions> extends cp.ChildProcess implements Promise<Result<O>> {
  private constructor();
  readonly [Symbol.toStringTag]: string;
  /** stdout and stderr as they come, with `all: true`. */
  readonly all: Readable | undefined;
  /** The channel, with `ipc`: ours with `serialization: 'structured'`, and Node's otherwise. null after its end. */
  readonly channel?: O extends { serialization: 'structured' } ? Channel | null : cp.Control | null;
  /** How those that `killMode` says are found: 'mark', 'group' or 'process'; null when it was not started. */
  readonly killMechanism: string | null;
  /** Who ends the child when this process is gone: 'keeper', or why nobody does. */
  readonly lifetimeMechanism: string;

  // biome-ignore lint/suspicious/noThenProperty: it is awaited
  then<A = Result<O>, B = never>(
    onResolved?: ((result: Result<O>) => A | PromiseLike<A>) | null,
    onRejected?: ((error: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B>;
  catch<B = never>(onRejected?: ((error: any) => B | PromiseLike<B>) | null): Promise<Result<O> | B>;
  finally(onSettled?: (() => void) | null): Promise<Result<O>>;

  /**
   * Sends a signal, default `killSignal`, as far as `killMode` reaches; the child itself gets it before this returns. SIGKILL follows after
   * `forceKillAfterDelay` if it was `killSignal`.
   * @param error with which the promise then rejects as `cause`
   * @returns whether the child got it: false after its end
   * @example
   * subprocess.kill('SIGINT', new Error('The user has pressed Stop'));
   */
  kill(signal?: Signal, error?: Error): boolean;
  kill(error?: Error): boolean;
  /**
   * Sends a signal to everything the child has started, and to the child. With SIGKILL, the default, nothing is left but what the report says.
   * @example
   * const { left } = await subprocess.killTree();
   */
  killTree(signal?: Signal): Promise<TreeReport>;
  /**
   * Stops the child, as far as `killMode` reaches (SIGSTOP). Its timeout runs on.
   * @example
   * await subprocess.suspend();
   */
  suspend(): Promise<TreeReport>;
  /** Lets it go on (SIGCONT). */
  resume(): Promise<TreeReport>;
  /**
   * Gives the child's terminal another size, with `pty`.
   * @example
   * subprocess.resize(132, 43);
   */
  resize(cols: number, rows: number): void;

  /**
   * Lines of its output, as they come; the child waits for the reader when `buffer` is false. Fails when the child fails. Whoever leaves
   * early, by `break` or an exception, has the child ended.
   * @example
   * for await (const line of subprocess.iterable({ from: 'stderr' })) console.error(line);
   */
  iterable(options?: FromOptions & { binary?: false }): AsyncIterableIterator<string>;
  iterable(options: FromOptions): AsyncIterableIterator<string | Buffer>;
  [Symbol.asyncIterator](): AsyncIterableIterator<string>;
  /**
   * As a stream that ends when the child does, and fails when the child does.
   * @example
   * await pipeline(run('tar', ['-c', 'src']).readable(), createGzip(), createWriteStream('src.tgz')); // Node's pipeline
   */
  readable(options?: FromOptions): Readable;
  /** stdin as a stream that finishes when the child has ended well. */
  writable(options?: ToOptions): Writable;
  /** Both: what is written to it goes to the child, what comes out of it is the child's. */
  duplex(options?: FromOptions & ToOptions): Duplex;
  /** readable(), as a web stream. */
  readableStream(options?: FromOptions): ReadableStream;
  /** writable(), as a web stream. */
  writableStream(options?: ToOptions): WritableStream;
  /** duplex(), as a pair of web streams. */
  transformStream(options?: FromOptions & ToOptions): { readable: ReadableStream; writable: WritableStream };

  /**
   * Joins its output with the input of another command by a kernel pipe. One output may be piped to many, and many to one.
   * @example
   * const { stdout } = await run('cat', ['access.log']).pipe('grep', [' 500 ']).pipe`wc -l`;
   */
  pipe(file: Path, args?: readonly (string | number)[], options?: RunOptions & PipeOptions): Pipeline;
  pipe(file: Path, options: RunOptions & PipeOptions): Pipeline;
  pipe(destination: Subprocess<any> | Pipeline | Command, options?: PipeOptions): Pipeline;
  pipe(strings: TemplateStringsArray, ...values: TemplateValue[]): Pipeline;
  pipe(options: RunOptions & PipeOptions): (strings: TemplateStringsArray, ...values: TemplateValue[]) => Pipeline;

  /** Ends it, as kill() does; a failure is then nobody's. */
  [Symbol.dispose](): void;
  /**
   * Ends it, and waits until it is gone.
   * @example
   * await using server = run('server');
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A command that is not started, see {@link Dollar.cmd}. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: object | undefined;
}

/** What became of a pipeline: the result of its last command, and all of them. */
export interface PipelineResult<T = unknown> extends Result {
  /** By command, from left to right. */
  results: (Result | ProcessError)[];
  /** What a function that stands last returned; an array when it gave several. */
  value?: T;
  /** With `reject: false`, what made it fail. */
  error?: ProcessError | Error;
}

/** Commands that are joined: made by {@link pipeline} and {@link Subprocess.pipe}. */
export interface Pipeline<T = unknown> extends PromiseLike<PipelineResult<T>>, AsyncIterable<string> {
  readonly steps: readonly Subprocess[];
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly all: Readable | undefined;
  catch<B = never>(onRejected?: ((error: any) => B | PromiseLike<B>) | null): Promise<PipelineResult<T> | B>;
  finally(onSettled?: (() => void) | null): Promise<PipelineResult<T>>;
  /** Signals every command. */
  kill(signal?: Signal, error?: Error): boolean;
  pipe: Subprocess['pipe'];
  /** Of the last command. */
  iterable(options?: FromOptions): AsyncIterableIterator<any>;
  /** Ends all that still runs, and waits until it has. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A step that is a command: `[file, args, options]`. */
export type CommandStep =
  | readonly [file: Path]
  | readonly [file: Path, args: readonly (string | number)[]]
  | readonly [file: Path, options: RunOptions & PipeOptions]
  | readonly [file: Path, args: readonly (string | number)[], options: RunOptions & PipeOptions]
  | { file: Path; args: readonly (string | number)[]; options?: RunOptions & PipeOptions };

/** A step that is JavaScript: gets what comes, chunk by chunk, and returns or yields what goes on. */
export type FunctionStep = (input: AsyncIterable<Buffer> & { lines(): AsyncIterable<string> }) => unknown;

/** What may stand in a pipeline. Sources stand first; files first or last. */
export type Step =
  | CommandStep
  | Command
  | Subprocess<any>
  | Pipeline
  | FunctionStep
  | Readable
  | Writable
  | ReadableStream
  | WritableStream
  | { readable: ReadableStream; writable: WritableStream }
  | { file: Path; append?: boolean }
  | Chunk
  | Iterable<Chunk>
  | AsyncIterable<Chunk>;

/** Options of {@link pipeline}. What belongs to one command is set on its step. */
export interface PipelineOptions
  extends Pick<RunOptions, 'signal' | 'cancelSignal' | 'timeout' | 'killSignal' | 'forceKillAfterDelay' | 'verbose' | 'reject'> {
  /** Whether it fails when any command fails, and not only the last. Default: true. */
  pipefail?: boolean | undefined;
}

/** What may stand in `${}`: one argument, or one for each element. A result is its stdout. */
export type TemplateValue =
  | string
  | number
  | Result<any>
  | ProcessError
  | { stdout: string | Uint8Array }
  | readonly (string | number | Result<any> | ProcessError | { stdout: string | Uint8Array })[];

/** See {@link $}. */
export interface Dollar<D = NoOptions> {
  (strings: TemplateStringsArray, ...values: TemplateValue[]): Subprocess<D>;
  <O extends RunOptions>(options: O): Dollar<Omit<D, keyof O> & O>;
  (file: Path, args?: readonly (string | number)[]): Subprocess<D>;
  <O extends RunOptions>(file: Path, args: readonly (string | number)[], options: O): Subprocess<Omit<D, keyof O> & O>;
  <O extends RunOptions>(file: Path, options: O): Subprocess<Omit<D, keyof O> & O>;
  /** The same, synchronously, as {@link runSync}. */
  readonly sync: DollarSync<D>;
  /** `sync`. */
  readonly s: DollarSync<D>;
  /** Makes a command without starting it, for {@link pipeline} and {@link Subprocess.pipe}. */
  readonly cmd: DollarCommand;
}

/** See {@link Dollar.sync}. */
export interface DollarSync<D = NoOptions> {
  (strings: TemplateStringsArray, ...values: TemplateValue[]): Result<D>;
  <O extends RunSyncOptions>(options: O): DollarSync<Omit<D, keyof O> & O>;
  (file: Path, args?: readonly (string | number)[]): Result<D>;
  <O extends RunSyncOptions>(file: Path, args: readonly (string | number)[], options: O): Result<Omit<D, keyof O> & O>;
  <O extends RunSyncOptions>(file: Path, options: O): Result<Omit<D, keyof O> & O>;
}

/** See {@link Dollar.cmd}. */
export interface DollarCommand {
  (strings: TemplateStringsArray, ...values: TemplateValue[]): Command;
  (options: RunOptions & PipeOptions): DollarCommand;
  (file: Path, args?: readonly (string | number)[], options?: RunOptions & PipeOptions): Command;
}

/**
 * Runs a program without a shell. Returns at once; await it for its {@link Result}, or iterate over it for its lines.
 *
 * @param file a program that is looked up in PATH, or a path
 * @param args one argument each, strings or numbers. Others are refused: `undefined` and booleans are mistakes, as in `[flag && '-v']`
 * @throws `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`, `ERR_UNKNOWN_SIGNAL`, at once and before anything is started
 * @returns its promise rejects with a {@link ProcessError} when the command fails, also when it cannot be started
 * @example
 * const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd: repository });
 * for await (const line of run('tail', ['-f', 'app.log'])) console.log(line);
 */
export declare function run<O extends RunOptions = NoOptions>(
  file: Path,
  args?: readonly (string | number)[] | null,
  options?: O,
): Subprocess<O>;
export declare function run<O extends RunOptions = NoOptions>(file: Path, options?: O): Subprocess<O>;

/**
 * {@link run}, while this thread waits. Without what needs JavaScript meanwhile: `signal`, `ipc`, `pty`, `retry`, `lifetime: 'independent'`,
 * `waitFor: 'tree'`, streams that have no fd and async iterables are refused.
 *
 * @throws a {@link ProcessError} when the command fails, unless `reject` is false
 * @example
 * const { stdout } = runSync('git', ['rev-parse', 'HEAD']);
 */
export declare function runSync<O extends RunSyncOptions = NoOptions>(
  file: Path,
  args?: readonly (string | number)[] | null,
  options?: O,
): Result<O>;
export declare function runSync<O extends RunSyncOptions = NoOptions>(file: Path, options?: O): Result<O>;

/**
 * Runs a command written as a template. Words are split at white space as it is typed; each `${}` is part of one argument whatever it holds,
 * and an array gives one for each element. There is no shell: quotes, `$NAME`, `*` and `|` mean nothing.
 *
 * stdin is this process's own, and programs of the project (`node_modules/.bin`) are found first.
 *
 * @throws `ERR_INVALID_ARG_VALUE` for `${undefined}`, null, booleans, objects, promises, and for an empty template
 * @example
 * await $`git commit -m ${message} ${files}`;
 * const $quiet = $({ reject: false, timeout: 1000 });
 * const { stdout } = $.sync`date +%Y`;
 */
export declare const $: Dollar;

/**
 * Runs commands whose neighbours are joined by kernel pipes: no byte passes through JavaScript, but where a function or a stream stands
 * between two. Fails when any of them fails; a command that is ended by SIGPIPE because its reader had enough has not. One that fails ends
 * the others.
 *
 * @param steps commands (`['grep', ['x']]`, `` $.cmd`grep x` ``), functions, streams, files, and options last
 * @example
 * const { stdout } = await pipeline(['cat', ['access.log']], ['grep', [' 500 ']], ['wc', ['-l']]);
 * await pipeline({ file: 'a.csv' }, ['sort'], async function* (input) { for await (const line of input.lines()) yield `${line}\n`; }, ['gzip'], { file: 'a.gz' });
 */
export declare function pipeline(...steps: Step[]): Pipeline;
export declare function pipeline(...stepsAndOptions: [...Step[], PipelineOptions]): Pipeline;

/** What a child, or a worker of a pool, did when {@link shutdown} ended it. */
export interface ShutdownReport {
  pid: number | undefined;
  command: string;
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** SIGKILL had to follow. */
  forced: boolean;
  /** null: of a worker, whose pool has ended all that it had started. */
  tree: TreeReport | null;
}

/** Options of {@link shutdown}. */
export interface ShutdownOptions {
  /** Default: 'SIGTERM'. */
  signal?: Signal | undefined;
  /** Milliseconds until SIGKILL. Default: 5000. */
  timeout?: number | undefined;
}

/**
 * Ends all children of {@link run} and its kin, those of the drop-in that have a `lifetime`, and all pools, all at once. Meanwhile none is started. Workers of pools
 * get no signal, and have `timeout` for their `teardown()`.
 *
 * With `handleSignals: true` it does so when this process gets SIGTERM, SIGINT or SIGHUP, and then ends this process as the signal would
 * have; a second signal does both at once.
 *
 * @returns what each did; with `handleSignals`, what takes the handlers away again
 * @example
 * shutdown({ handleSignals: true, timeout: 10_000 });
 */
export declare function shutdown(options: ShutdownOptions & { handleSignals: true }): Disposable & { dispose(): void };
export declare function shutdown(options?: ShutdownOptions & { handleSignals?: false }): Promise<ShutdownReport[]>;

/**
 * For a child that was started with `gracefulCancel`: an AbortSignal that is aborted when the parent wants it to end, or is gone. It does not
 * keep the process. Without such a parent it is never aborted.
 * @example
 * await server.listen({ signal: getCancelSignal() });
 */
export declare function getCancelSignal(): AbortSignal;

/** What is known of a signal. */
export interface SignalInfo {
  readonly number: number;
  /** What becomes of a process that does nothing about it. */
  readonly action: 'terminate' | 'core' | 'stop' | 'continue' | 'ignore';
  readonly description: string;
  /** No process can do anything about it. */
  readonly forced: boolean;
}

/**
 * The signals of this platform.
 * @example
 * signals.SIGKILL; // { number: 9, action: 'terminate', description: 'Forced termination', forced: true }
 */
export declare const signals: Readonly<Record<string, SignalInfo>>;
