// The raw interface between js/ and the addon (src/node/). Not public: users see index.d.ts.
// Everything here is a plain number, string or buffer on purpose: building JavaScript objects
// through Node-API costs more than the system calls behind these functions.
//
// Errors: functions marked `Status` return 0 (or a count >= 0) on success and a negative errno
// (-2 is ENOENT), as libuv does, so that js/errors can turn them into Node's own errors.

/** 0 or more: success. Below 0: a negated errno. */
type Status = number;

/** What `dispatch` is called with. One call per event, each a JavaScript turn of its own (ticks and microtasks run after it). */
export const enum Event {
  /** (id, exitCode, signal). exitCode < 0: the program could not be executed, a negated errno. signal: number, 0 for none. */
  Exit = 0,
  /**
   * (id, text, count): `count` JSON messages. count === 1: the line itself. Otherwise `[l1,\nl2,\n…]`: one JSON.parse for all,
   * and since no line contains '\n', `text.slice(1, -1).split(',\n')` gives the lines back when one of them is not JSON.
   */
  Messages = 1,
  /** (id, buffer, count): `count` whole frames of Node's 'advanced' form, each a big-endian u32 length and that many bytes. */
  Frames = 2,
  /** (id, n, status): the n oldest write() calls that answered "queued" are now done; status 0, or a negated errno for all of them. */
  Written = 3,
  /** (id, status): nothing more can be read. 0: the peer closed. Otherwise a negated errno (-90 EMSGSIZE: a message too long for a string). */
  End = 4,
}

/** Bits of `flags`. */
export const enum SpawnFlag {
  Detached = 1,
  Uid = 2,
  Gid = 4,
}

/** What the child gets as its fd number i, given in io[2 + i]; an fd >= 0 is duplicated from the parent. */
export const enum Stdio {
  /** /dev/null for 0, 1 and 2; nothing above. */
  Ignore = -1,
  /** A new socket pair. The parent's end (close-on-exec, blocking flag as the kernel gave it) comes back in io[2 + i]. */
  Pipe = -2,
}

/**
 * One per JavaScript environment (main thread or Worker), made at first use and never before: it owns an epoll fd watched by one
 * uv_poll handle. It closes itself when the environment ends; children keep running then, and are still reaped.
 */
export class Reactor {
  constructor(dispatch: (event: Event, id: number, a: any, b: any) => void);
  /**
   * Starts a program without forking this process and without waiting for it.
   * @param file looked up in PATH of `env` when it has no '/', relative to `cwd`
   * @param args argv, argv[0] included, joined by '\0'
   * @param env 'NAME=value' pairs joined by '\0'; '' is an empty environment, null is this process's own
   * @param cwd null: this process's own
   * @param io in: io[2 + i] for each i < count, see Stdio. out: io[0] the pid, io[1] the id, io[2 + i] the parent's end of each Pipe
   * @returns on failure nothing is left open and io is unspecified; except after ENOENT, EACCES and EAGAIN, which Node reports by an
   * event: then io[2 + i] are ends of sockets whose peer is closed, so that streams and the channel are there and end, as Node's do
   */
  spawn(
    file: string,
    args: string,
    env: string | null,
    cwd: string | null,
    flags: number,
    uid: number,
    gid: number,
    io: Int32Array,
    count: number,
  ): Status;
  /** Through the pidfd, so never at a recycled pid. -3 (ESRCH) once the exit was dispatched. */
  kill(id: number, signal: number): Status;
  /** Whether this child keeps the event loop alive. A new child does. No effect after its exit. */
  ref(id: number): void;
  unref(id: number): void;
  hasRef(id: number): boolean;
  /** Takes over an fd that came out of io. mode 0: lines of JSON, 1: 'advanced' frames. Not reading yet, and referenced. */
  openChannel(fd: number, mode: 0 | 1): Channel;
}

/** One end of Node's IPC channel (a Unix stream socket). */
export class Channel {
  /** The id that events of this channel carry. From the same series as children's ids: never equal to one. */
  readonly id: number;
  readonly fd: number;
  /** Starts to dispatch Messages or Frames, and End. */
  readStart(): Status;
  readStop(): Status;
  /**
   * Writes as much as the kernel takes now and keeps the rest in order.
   * @param data a string goes out as UTF-8; framing ('\n' or the length) is the caller's
   * @param handle an fd to send along with the first byte, or -1. It is duplicated, so it may be closed as soon as this returns.
   * @returns 0: all of it is with the kernel. n > 0: n bytes of all writes are waiting, and a Written event will count this one.
   */
  write(data: string | Uint8Array, handle: number): Status;
  /** Bytes accepted by write() that the kernel has not taken yet. */
  queuedBytes(): number;
  /** Whether part of a message is here and waits for the rest. */
  isMidway(): boolean;
  /** The oldest fd received that was not taken yet (close-on-exec), or -1. fds that nobody takes are closed with the channel. */
  takeHandle(): number;
  ref(): void;
  unref(): void;
  /** At once; what was still queued is dropped, and no event follows. Idempotent. */
  close(): void;
}

/**
 * Starts a program and blocks until it has ended and its pipes are closed.
 * Arguments as in Reactor.spawn; `Pipe` at fd 0 is fed from `input` and closed, every other `Pipe` is collected.
 * @param input bytes for fd 0, or null
 * @param timeout milliseconds, 0 for none: then `killSignal` is sent and the error is ETIMEDOUT
 * @param maxBuffer bytes per pipe, Infinity for none: past it the output is cut there, `killSignal` is sent and the error is ENOBUFS
 */
export function spawnSync(
  file: string,
  args: string,
  env: string | null,
  cwd: string | null,
  flags: number,
  uid: number,
  gid: number,
  io: Int32Array,
  count: number,
  input: Uint8Array | null,
  timeout: number,
  maxBuffer: number,
  killSignal: number,
): {
  pid: number;
  /** null when it was ended by a signal, or not started. */
  status: number | null;
  /** A number; null when it ended by itself. */
  signal: number | null;
  /** Per fd: collected bytes, or null where nothing is collected. null as a whole when it was not started. */
  output: (Buffer | null)[] | null;
  /** 0, or a negated errno. */
  error: Status;
};

/** How children are started here: 'clone' (shares memory until exec) or 'fork' (where the former does not work), probed once. */
export function spawnMechanism(): 'clone' | 'fork' | 'posix_spawn';
