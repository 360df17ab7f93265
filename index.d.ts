import cp = require('node:child_process');

import type { Broker, BrokerAddress, StructuredChildProcess, StructuredOptions } from './js/ipc/index.js';

// run(), $, pipeline() and their kin are described in js/run/index.d.ts. Here is the drop-in:
//
// The names, options, events and errors are those of node:child_process, and so are the types: they come from @types/node, in the
// version that the program using this has. Written here is what a person wants to know at the call.

export type * from 'node:child_process';

/** Options of ours that Node's calls do not have. Without them a child behaves as Node's do. */
export interface EndOptions {
  /**
   * `'parent'`: the child, and all that it has started, end with this process, however that ends, also by SIGKILL. `'independent'`: a daemon,
   * that neither keeps this process nor ends with it; not for `exec` and `execFile`, which collect output.
   */
  lifetime?: 'parent' | 'independent';
  /** Who gets what `kill()`, `timeout` and `signal` send: the child alone, its process group, or all that it has started. */
  killMode?: 'process' | 'group' | 'tree';
  /**
   * A broker that the child is to be a client of: there it is `require('@x/procs/ipc').broker`, under this `name` if there is one with the address. In
   * any language: its address is in the variable `PROCS_BROKER`.
   */
  broker?: Broker | BrokerAddress | { address: string; name?: string | undefined };
}

/**
 * A started program: its streams, its events, its end. Made by {@link spawn}, {@link exec}, {@link execFile} and {@link fork}.
 *
 * Events: `'spawn'`, `'error'`, `'exit'` (code, signal), `'close'` (after `'exit'`, and when all its streams are closed), and with a channel
 * `'message'` and `'disconnect'`. `stdin`, `stdout` and `stderr` are `net.Socket`s. `kill()` goes through a pidfd where there is one: it
 * cannot hit another process that got the same pid later.
 *
 * It is a class of its own: `instanceof` tells it from Node's `ChildProcess`.
 */
export { ChildProcess } from 'node:child_process';

/**
 * Starts a program. Returns at once, with `pid` already there; the event loop waits neither for a fork nor for the program to be loaded.
 *
 * - `options.cwd`: string or `file:` URL. Default: the parent's.
 * - `options.env`: what the child gets, and nothing else. Default: `process.env`.
 * - `options.stdio`: `'pipe'` (default), `'ignore'`, `'inherit'`, `'overlapped'`, or an array of these, `'ipc'`, streams and fds, one per fd of
 *   the child.
 * - `options.detached`: a session of its own, that outlives the parent. Default: false.
 * - `options.shell`: true for `/bin/sh`, or the path of another. Default: false. Never with input that is not yours.
 * - `options.timeout`: milliseconds until `killSignal` is sent. Default: none.
 * - `options.killSignal`: default `'SIGTERM'`.
 * - `options.signal`: an `AbortSignal`; aborting it sends `killSignal` and emits an `AbortError`.
 * - `options.uid`, `options.gid`, `options.argv0`, `options.serialization`: as in Node.
 * - `options.lifetime`, `options.killMode`: ours, see {@link EndOptions}.
 *
 * @throws `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE` for a bad option, before anything is started
 * @throws what the system refuses at once, such as `EPERM` for a `uid` that is not permitted. `ENOENT`, `EACCES`, `EMFILE` and the like are not
 * thrown: they arrive as `'error'`, and `pid` is `undefined` then.
 * @example
 * const ls = spawn('ls', ['-l'], { cwd: '/tmp' });
 * ls.stdout.pipe(process.stdout);
 * ls.on('close', (code) => console.log(`done, ${code}`));
 */
export const spawn: typeof cp.spawn & {
  (
    command: string,
    args: readonly string[],
    options: Omit<cp.SpawnOptions, 'serialization'> & EndOptions & StructuredOptions,
  ): StructuredChildProcess;
  (
    command: string,
    args: readonly string[],
    options: cp.SpawnOptionsWithoutStdio & EndOptions & { lifetime?: 'parent' },
  ): cp.ChildProcessWithoutNullStreams;
  (command: string, options: cp.SpawnOptionsWithoutStdio & EndOptions & { lifetime?: 'parent' }): cp.ChildProcessWithoutNullStreams;
  (command: string, args: readonly string[], options: cp.SpawnOptions & EndOptions): cp.ChildProcess;
  (command: string, options: cp.SpawnOptions & EndOptions): cp.ChildProcess;
};

/**
 * Runs a command line in a shell and hands its whole output to the callback. The shell interprets all of it: never give it input that is
 * not yours, use {@link execFile}.
 *
 * - `options.encoding`: default `'utf8'`; `'buffer'` for Buffers.
 * - `options.maxBuffer`: bytes per stream, default 1024 * 1024. Past it the child is killed and the error is
 *   `ERR_CHILD_PROCESS_STDIO_MAXBUFFER`, with the output up to there.
 * - `options.timeout`: milliseconds, default 0 (none). `options.killSignal`: default `'SIGTERM'`.
 * - `cwd`, `env`, `shell`, `uid`, `gid`, `signal`: as in {@link spawn}.
 *
 * The error carries `code` (exit code, or a name such as `'ENOENT'`), `killed`, `signal`, `cmd`, and with `util.promisify` also `stdout` and
 * `stderr`. The promise has the child as its property `child`.
 *
 * @example
 * const { stdout } = await util.promisify(exec)('git log --oneline | head -3');
 */
export const exec: typeof cp.exec &
  ((
    command: string,
    options: cp.ExecOptions & EndOptions & { lifetime?: 'parent' },
    callback?: (error: cp.ExecException | null, stdout: string, stderr: string) => void,
  ) => cp.ChildProcess);

/**
 * Runs a program without a shell and hands its whole output to the callback. Options, error and promise as in {@link exec}; `options.shell` is
 * false by default.
 *
 * @example
 * const { stdout } = await util.promisify(execFile)('git', ['rev-parse', 'HEAD']);
 */
export const execFile: typeof cp.execFile &
  ((
    file: string,
    args: readonly string[],
    options: cp.ExecFileOptions & EndOptions & { lifetime?: 'parent' },
    callback?: (error: cp.ExecFileException | null, stdout: string, stderr: string) => void,
  ) => cp.ChildProcess);

/**
 * Starts a Node program with a channel to it: `child.send(message)` and `'message'` here, `process.send(message)` and
 * `process.on('message')` there. The child is plain Node and needs nothing of this package.
 *
 * - `options.serialization`: `'json'` (default) or `'advanced'` (structured clone: Map, Date, BigInt, TypedArray, circular values).
 *   `'structured'`: a channel of ours, `child.channel`, to a child that knows it (`require('@x/procs/ipc').parent`): requests, streams, bytes
 *   through shared memory. `options.channel` are its options.
 * - `options.transport`: `'fast'` puts our code at the child's end of the channel as well, under the same script: several times the
 *   messages, through shared memory where there can be some. `child.channel.transport` says what they go through: `'ring'` or `'socket'`. Node's
 *   own code is left there under the permission model and where addons are not allowed.
 * - `options.execPath`, `options.execArgv`: default this process's own.
 * - `options.silent`: true gives pipes in place of the parent's stdout and stderr. Default: false.
 *
 * `send()` also takes a `net.Socket`, `net.Server` or `dgram.Socket` to hand over. It returns false while too much is waiting to be sent.
 *
 * @throws as {@link spawn}
 * @example
 * const worker = fork('./worker.js', { serialization: 'advanced' });
 * worker.on('message', (answer) => console.log(answer));
 * worker.send(new Map([['n', 42]]));
 */
export const fork: typeof cp.fork & {
  (
    modulePath: string | URL,
    args: readonly string[],
    options: Omit<cp.ForkOptions, 'serialization'> & EndOptions & StructuredOptions,
  ): StructuredChildProcess;
  (modulePath: string | URL, options: Omit<cp.ForkOptions, 'serialization'> & EndOptions & StructuredOptions): StructuredChildProcess;
  (modulePath: string | URL, args: readonly string[], options: cp.ForkOptions & EndOptions & { transport?: 'fast' }): cp.ChildProcess;
  (modulePath: string | URL, options: cp.ForkOptions & EndOptions & { transport?: 'fast' }): cp.ChildProcess;
};

/**
 * Starts a program and blocks this thread until it has ended.
 *
 * - `options.input`: string, Buffer, TypedArray or DataView for the child's stdin.
 * - `options.timeout`: milliseconds, then `killSignal` is sent and `error` is `ETIMEDOUT`. Default: none.
 * - `options.maxBuffer`: bytes of all collected output together, default 1024 * 1024. Past it the child is killed and `error` is `ENOBUFS`.
 * - `options.encoding`: default `'buffer'`.
 *
 * Throws only for bad options: a program that cannot be started is in the result's `error`.
 *
 * @example
 * const { status, stdout } = spawnSync('sort', { input: 'b\na\n', encoding: 'utf8' });
 */
export const spawnSync: typeof cp.spawnSync;

/**
 * Runs a command line in a shell, blocks until it has ended and returns its stdout. stderr goes to the parent's unless `options.stdio` says
 * otherwise. Options as in {@link spawnSync}.
 *
 * @throws when it cannot be started, exits with a code other than 0, or is ended by a signal or `timeout`. The error carries `status`,
 * `signal`, `pid`, `output`, `stdout` and `stderr`.
 * @example
 * const head = execSync('git rev-parse HEAD', { encoding: 'utf8' }).trim();
 */
export const execSync: typeof cp.execSync;

/**
 * Runs a program without a shell, blocks until it has ended and returns its stdout. Options and errors as in {@link execSync}.
 *
 * @example
 * const head = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
 */
export const execFileSync: typeof cp.execFileSync;

export * from './js/pool/index.js';
export * from './js/run/index.js';
