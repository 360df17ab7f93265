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
  /**
   * (id, status): a stream given to collect() is over. 0: it came to its end. 1: more than its limit came, the rest is not read.
   * Below 0: a negated errno. Comes once, unless finish(), takeOver() or close() said so before. Also of waitMemory(), see there.
   */
  Collected = 5,
  /** (id, json): what signalTree() or watchTree() was asked for is done; a TreeReport. The ticket is closed. */
  Tree = 6,
  /**
   * (id, text, count): `count` frames of a Wire, none with segments. count === 1: the JSON of it. Otherwise `[j1,\nj2,…]`: one JSON.parse for
   * all, and since no JSON has '\n' in it, it can be cut there when one of them is none. A frame without JSON contributes `null`. See Meta.
   */
  Wire = 7,
  /** (id, text, inline): one frame with segments. `inline`: a Buffer with those that travel so, one after the other; of a single 'l', that text. See Meta. */
  WireSegments = 8,
  /** (id, json): the peer's hello. Comes before every other event of this Wire but End. */
  WireOpen = 9,
  /** (id): somebody waits at a door, see Reactor.watchDoor(). Comes again in the next turn if they are not let in. */
  Ready = 10,
  /** (id, json, count): tasks of a Pool that end without an answer of a worker's: `count` times a TaskEnd, as one array. */
  TasksEnded = 11,
  /** (id, json): something to know of a Pool: an array of PoolNotes. */
  PoolNotes = 12,
}

/** What became of a task that no worker has answered: [task, what, worker or 0, exitCode or null, signal's number or 0, milliseconds it waited, milliseconds it ran, attempts]. */
export type TaskEnd = [
  task: number,
  what:
    | 'exit'
    | 'signal'
    | 'oom'
    | 'timeout'
    | 'deadline'
    | 'queue-timeout'
    | 'aborted'
    | 'unresponsive'
    | 'poisoned'
    | 'shutdown'
    | 'start',
  worker: number,
  exitCode: number | null,
  signal: number,
  waited: number,
  ran: number,
  attempts: number,
];

/** [kind, …]; src/pool/notes.rs is the list of kinds. */
export type PoolNote = [kind: string, ...details: unknown[]];

/** Places in the options of a task: 8 numbers each. NaN stands for what was not given. */
export const enum TaskOption {
  /** Higher goes first. Default 0. */
  Priority = 0,
  /** Milliseconds from its start to its end; 0 for none. */
  Timeout = 1,
  /** Milliseconds from submission to its start. */
  QueueTimeout = 2,
  /** Milliseconds from submission to its end. */
  Deadline = 3,
  /** How often it may be given to another worker after the one that ran it has gone. */
  Retries = 4,
  /** Bit 0: in a process of its own. Bit 1: on every worker that is there (runOnEach): `Key` is the worker. */
  Flags = 5,
  /** Which of the texts in `keys`, from 1; 0 for none. With bit 1 of Flags: the worker. */
  Key = 6,
  /** How many descriptors go with it. */
  Handles = 7,
}

/**
 * Places in `meta`, 4 numbers a frame, which the Reactor fills before it dispatches Wire or WireSegments, and which JavaScript only reads. After a
 * WireSegments frame's own 4 follow 4 for each of its segments: type ('b', 'l', 'u', 's' as char code), length, and for 's' the slab and the
 * offset as the mark has them.
 */
export const enum Meta {
  /** Char code; 'M' for plain messages as well. */
  Kind = 0,
  Id = 1,
  /**
   * 1: the JSON holds tags. 2: the frame has a topic, and its text is `["topic",json]`. 4: descriptors that it announced got lost, because there
   * was no room for them here (EMFILE), or they were never sent. 8: it has no JSON, and `null` stands in its place. 16, with Wire: the topic is that of
   * the last frame of this event that has one in its text; this one's text is the JSON alone.
   */
  Flags = 2,
  /** Descriptors that came with it for takeHandle(); with WireSegments the number of segments is in the bits from 8 on. */
  Handles = 3,
}

/** What became of a tree. */
export interface TreeReport {
  /** How its members were found, see treeMechanism(). */
  mechanism: 'mark' | 'group';
  /** How many processes got the signal. */
  signalled: number;
  /**
   * Members that are still there although they should not be (after SIGKILL, or after SIGSTOP still moving: ETIMEDOUT), or that may not be
   * signalled: pid, name and errno name. pid 0: the search itself failed, as without descriptors (EMFILE) or without /proc.
   */
  left: { pid: number; command: string; reason: string }[];
}

/** Bits of `flags`. */
export const enum SpawnFlag {
  Detached = 1,
  Uid = 2,
  Gid = 4,
  /** The child and whatever it will start carry a mark, by which tree() finds them. They end with this process, unless Independent. */
  Tree = 8,
  /** With Tree: they may outlive this process. */
  Independent = 16,
  /** The child leads a process group of its own (setpgid). Detached makes a session, and with it a group. */
  Group = 32,
  /** With Detached: fd 0, which is a terminal, becomes the session's controlling terminal. */
  Terminal = 64,
  /** The parent's ends are held as soon as they are there, see hold(): a Worker may be terminated before JavaScript has seen them. */
  Hold = 128,
}

/** Places in `usage`, which the Reactor fills before it dispatches an Exit. */
export const enum Usage {
  /** microseconds */
  UserCpu = 0,
  SystemCpu = 1,
  /** bytes; 0 when it is not above the most that this process had had when the program began: the kernel counts that in, since both shared memory until exec */
  MaxRss = 2,
  MinorPageFaults = 3,
  MajorPageFaults = 4,
  FsReads = 5,
  FsWrites = 6,
  VoluntaryContextSwitches = 7,
  InvoluntaryContextSwitches = 8,
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
  /**
   * @param usage of the child whose Exit is being dispatched, see Usage: 9 numbers
   * @param meta of the frames that are being dispatched, see Meta: 4 * 4097 numbers
   */
  constructor(dispatch: (event: Event, id: number, a: any, b: any) => void, usage: Float64Array, meta: Int32Array);
  /**
   * Starts a program without forking this process and without waiting for it.
   * @param file looked up in PATH of `env` when it has no '/', relative to `cwd`
   * @param args argv, argv[0] included, joined by '\0'
   * @param env 'NAME=value' pairs joined by '\0'; '' is an empty environment, null is this process's own
   * @param cwd null: this process's own
   * @param io in: io[2 + i] for each i < count, see Stdio. out: io[0] the pid, io[1] the id, io[2 + i] the parent's end of each Pipe
   * @param limits JSON of limits that it gets between clone and exec. `nice`: -20 to 19. `cpus`: numbers of the CPUs it may run on. By the names of
   *   src/command/limits.rs, `[soft, hard]`: -1 is unlimited, and null for the hard one leaves it, unless it would be below the soft one
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
    limits?: string | null,
  ): Status;
  /** Through the pidfd, so never at a recycled pid. -3 (ESRCH) once the exit was dispatched. */
  kill(id: number, signal: number): Status;
  /** Whether this child keeps the event loop alive. A new child does. No effect after its exit. */
  ref(id: number): void;
  unref(id: number): void;
  hasRef(id: number): boolean;
  /**
   * Reads an fd (taken over) to its end without JavaScript: on the addon's thread when there is much, at the exit when there is little.
   * @param limit bytes kept at most; Infinity for none
   * @param partner 0, or the id of another collected stream: what both get is also kept in the order it came, see collectedAll()
   * @param text it will be asked for in form 1, most likely: what is not ASCII is decoded on a thread before it is over
   * @returns an id, which keeps the loop alive until the stream is over (ref and unref apply), or a negated errno
   */
  collect(fd: number, limit: number, partner: number, text?: boolean): number;
  /**
   * Reads what is there now, never waits. 1: over, and no event follows. 2: the same, over its limit. Below 0: the same, an errno.
   * 0: not yet, an event follows. 3: all of it is here and is being decoded, an event follows soon.
   */
  finish(id: number): Status;
  /** Bytes that came so far. */
  collectedBytes(id: number): number;
  /**
   * What was collected; closes the fd and forgets the stream, whether it was over or not.
   * @param form 0: a Buffer. 1: a string, decoded from UTF-8 as Buffer.toString() does. 2: latin1. Throws ERR_STRING_TOO_LONG, as that does
   * @param strip without one final '\n' or '\r\n'
   */
  collected(id: number, form: 0 | 1 | 2, strip: boolean): Buffer | string;
  /** Of two partners, before either was asked for by collected(): what both got, in the order it came. */
  collectedAll(id: number, form: 0 | 1 | 2, strip: boolean): Buffer | string;
  /** Stops reading and gives the fd back (it is JavaScript's to close again); collected() then gives what came before. -EBADF when it is over. */
  takeOver(id: number): number;
  /**
   * Copies `head`, and then all that comes out of `from`, to each of `to`, on a thread and as fast as the slowest takes it. Who closes
   * its end drops out; when none is left, `from` is closed.
   * @param from taken over
   * @param to `count` fds, duplicated: yours to close as soon as this returns. Several pumps may write to one.
   * @returns an id, which keeps the loop alive until Event.Collected says that it is done: 0, or the negated errno that `from`, or one
   *   of `to` other than by being closed, failed with. close() stops it. Or a negated errno, and `from` is closed
   */
  pump(from: number, to: Int32Array, count: number, head: Uint8Array | null): number;
  /** Number of the tree that child `id` was started with (flag Tree), 0 for none. Stays valid for the functions below after its exit. */
  tree(id: number): number;
  /**
   * Signals every process of a tree, on a thread.
   * @param mode 0: once, each that is found. 1 with SIGKILL: until none is left (all are stopped first, so that none forks away).
   *   2 with SIGSTOP: until all stand still. In mode 0, SIGHUP, SIGINT, SIGQUIT and SIGTERM are followed by SIGCONT, so that what is
   *   stopped can act on them.
   * @param except mode 0: a pid that is left out, since it has got the signal already; 0 for none
   * @returns a ticket: Event.Tree follows. Below 0: a negated errno
   */
  signalTree(tree: number, signal: number, mode: 0 | 1 | 2, except: number): number;
  /** Event.Tree follows when no process of it is left, zombies apart. close() gives up waiting. */
  watchTree(tree: number): number;
  /** Of a stream, a ticket or a door: no event follows. What a stream still had is dropped. Idempotent. */
  close(id: number): void;
  /**
   * Watches a listening socket (taken over), for Ready. It keeps the loop alive; ref, unref and close apply.
   * @returns an id, or a negated errno, and the socket is closed
   */
  watchDoor(fd: number): number;
  /** For an fd of JavaScript's that nothing else would close where a Worker is terminated: closed at the environment's end, unless released. */
  hold(fd: number): void;
  /** Before it is closed or given to anybody. */
  release(fd: number): void;
  /**
   * Takes over an fd that came out of io. mode 0: lines of JSON, 1: 'advanced' frames. Not reading yet, and referenced.
   * @param ring what createRing() gave, and which end this is: [memory, bell 0, bell 1, end], all three taken over. End 0 has made the ring, and
   *   begins on the socket: a peer that does not know of the ring (plain Node) stays there. End 1 has got all of it as inherited
   *   descriptors, takes the ring at once if it can, and stays on the socket as well if it cannot.
   */
  openChannel(fd: number, mode: 0 | 1, ring?: Int32Array): Channel;
  /**
   * Takes over a Unix stream socket for our own protocol (docs/protocol.md) and says `hello`. Not reading yet, and referenced.
   * @param hello JSON of the H frame
   * @param maxFrame bytes of the longest frame that is taken, line and segments; never more than a line of the longest string
   * @param slabLimit bytes of shared memory each way; default 268435456, 0 for none. `hello` says "slab" in its capabilities, or the peer sends none
   */
  openWire(fd: number, hello: string, maxFrame: number, slabLimit?: number): Wire;
  /**
   * Memory that goes through whatever wire it is given to first: without a copy, if Wire.give() is asked. Not cleared.
   * @returns null for less than 64 KiB and where there is no room
   */
  allocPiece(size: number): ArrayBuffer | null;
  /**
   * Of an ArrayBuffer that came from Wire.take(), Wire.alloc() or allocPiece(): it is detached, and its memory is free at once instead of when it
   * is collected. Of a received one the peer is told at the end of the turn. false: it is none of these.
   */
  releasePiece(buffer: ArrayBuffer): boolean;
  /**
   * Waits, on a thread, until the int32 at `index` is notified, unless it holds something else than `expected`.
   * @param timeout milliseconds; Infinity for none
   * @returns an id, which keeps the loop alive (ref and unref apply), or a negated errno. Event.Collected follows with 0 for notified, -EAGAIN for
   *   something else, -ETIMEDOUT, -ECANCELED or what failed; not after close()
   */
  waitMemory(memory: Memory, index: number, expected: number, timeout: number): number;
  /** Event.Collected follows soon: -ECANCELED, or 0 if it was notified just before. */
  cancelWait(id: number): void;
  /**
   * Starts a broker, on a thread of its own. It keeps the loop alive until Event.End says that it is over (status 0, or below 0 where its thread
   * has crashed); ref and unref apply. It ends with the environment at the latest.
   * @param address as listenLocal takes it
   * @param limits maxQueued, maxQueuedBytes, maxClients, maxRetained, maxRetainedBytes, maxSubscriptions, maxFrame
   * @param overflow 0: drop-oldest. 1: drop-newest. 2: disconnect
   * @param uids that may connect, beside this process's own and root
   * @param software for its hello
   * @param io out: io[0] a negated errno, where the answer is null
   */
  openBroker(
    address: string,
    limits: Float64Array,
    overflow: 0 | 1 | 2,
    uids: Uint32Array,
    software: string,
    io: Int32Array,
  ): Broker | null;
  /**
   * @param settings JSON, see src/pool/settings.rs
   * @param file args env cwd flags uid gid: of each worker, as for spawn(). fd 3 is its channel, fd 4 its page (PROCS_CHANNEL_FD, PROCS_POOL_PAGE_FD)
   * @param stdio fds 0, 1, 2 as in spawn's io; pipes are told by a PoolNote, and held, see hold(), until they are released
   * @param limits of each worker, as for spawn()
   * @param setup JSON of the request `procs.setup`, with a `~` before it where it is tagged, and its segments; null: the program is not told
   *   anything, and is up with its hello
   * @param limits JSON as for spawn()
   */
  openPool(
    settings: string,
    file: string,
    args: string,
    env: string | null,
    cwd: string | null,
    flags: number,
    uid: number,
    gid: number,
    stdio: Int32Array,
    setup: string | null,
    setupSegments: Uint8Array[] | null,
    setupTypes: string,
    limits: string | null,
  ): Pool | Status;
}

/**
 * The queue, the workers and the books of a pool. They go on while JavaScript is blocked: then a thread of the addon's does what the event loop
 * does otherwise. Answers of workers come as Wire and WireSegments do for a Wire: R, E and J frames under the task's id, M frames (what a
 * worker emits) under 0; in Meta.Flags the worker's number stands in the bits from 8 on. Answers of several workers come together. A frame whose
 * Meta.Kind is 0 is to be passed over, whatever its text. End says that every process is reaped, and nothing follows.
 */
export class Pool {
  readonly id: number;
  /** Whoever has opened it has nothing else to do any more: until then one CPU is left to that, of those on which workers would be started. */
  begin(): void;
  /**
   * @param frames `Q` lines without segments, one a task. Their ids, 1 to 2^30-1, are unused: not submitted, or ended before
   * @param options null: defaults for all; else see TaskOption
   * @param keys texts that Key refers to, joined by '\0'
   * @returns how many of them, from the first on, were accepted; the queue is full (PoolNotes says 'drain' when it has room again) or the pool is closing
   */
  submit(frames: string, count: number, options: Float64Array | null, keys: string | null): number;
  /**
   * The same for tasks that are nothing but a value and a name.
   * @param values JSON: an array of the values
   * @param heads two numbers a task: its id, and which of the marks it has; what is behind those of the values is not looked at
   * @param marks `=name` or '', joined by '\0'
   */
  submitValues(values: string, heads: Int32Array, marks: string): number;
  /** One task with segments, which are copied (from 64 KiB on into shared memory), and descriptors, which are duplicated. `segments[i]`'s type is the i-th letter of `types`. */
  submitWith(
    id: number,
    name: string,
    tagged: boolean,
    json: string,
    segments: Uint8Array[],
    types: string,
    handles: Int32Array | null,
    options: Float64Array | null,
    key: string | null,
  ): number;
  /** Nobody wants it any more. TasksEnded follows, if no answer was there before. @param reason JSON for the C frame */
  abort(id: number, what: 'aborted' | 'timeout', reason: string | null): void;
  /** To each worker that is up. @param frame an `M` line. @returns to how many */
  broadcast(frame: string): number;
  /** The same with segments. */
  broadcastWith(tagged: boolean, json: string, segments: Uint8Array[], types: string): number;
  /** What a worker has said is no JSON: it is cut off, as for any other fault. @param reason `CODE message`, for the PoolNote 'fault' */
  condemn(worker: number, reason: string): void;
  /** As Wire.take(), of that worker's. */
  take(worker: number, slab: number, offset: number): ArrayBuffer | null;
  /** As Wire.takeHandle(). */
  takeHandle(): number;
  /** As Wire.alloc() of memory that any of its workers can be sent, and Wire.give() of it, for submitWith: an ArrayBuffer from here among `segments` is not copied, but detached. */
  alloc(size: number): ArrayBuffer | null;
  /** JSON, see src/pool/metrics. */
  stats(): string;
  /** JSON of what is to be changed: as in openPool. */
  configure(settings: string): Status;
  /** Accepts nothing any more; ends workers when the last task is done. @param drops tasks that wait end at once, with 'aborted' */
  close(drops?: boolean): void;
  /** Ends workers at once (first their teardown, for `grace` milliseconds; 0: SIGKILL). Tasks end with 'shutdown'. */
  destroy(grace: number): void;
  /** For 'exit', behind which nothing else is done: all workers are killed when it returns; what they have started goes with this process. */
  end(): void;
  ref(): void;
  unref(): void;
}

/**
 * Of a pool's worker: tells the pool that this process is about to end, as soon as it is. See "Pool workers" in docs/protocol.md. The descriptor is kept by a thread of the addon's,
 * and given away.
 */
export function holdLifeline(fd: number): Lifeline;

export class Lifeline {
  /** From here on the rest of the process does not have it any more. Waits for the thread to be there. */
  settle(): void;
}

/** Commands that wait for their turn, for a CommandPool, which starts them. It knows ids and numbers; nothing in it wakes anybody. */
export class CommandQueue {
  /** @param settings JSON: concurrency hardLimit maxQueue minMemoryPerTask maxCpuThreshold ageing; null where there is no bound */
  constructor(settings: string);
  /** All of them again; ageing stays. */
  configure(settings: string): void;
  /**
   * @param id 1 to 2^30-1, of none that waits
   * @param queueTimeout milliseconds; Infinity for none
   * @returns false: the queue is full
   */
  push(id: number, priority: number, key: string | null, queueTimeout: number): boolean;
  /** The one that is to be started now, which runs, under an id that nobody else may have, until over(). 0: none; see held() and wait(). */
  next(): number;
  /** One that next() gave. */
  over(id: number): void;
  /** false: it does not wait. */
  remove(id: number): boolean;
  /** One that has waited past its queueTimeout, and is not in here any more. 0: none. */
  expired(): number;
  /** Milliseconds until next() and expired() are to be asked again, whatever happens. -1: nothing is to be waited for. */
  wait(): number;
  /** What the machine has too little of for the next one, by the last next(). */
  held(): 'memory' | 'cpu' | null;
  /** JSON: queued running held waitTime runTime. */
  stats(): string;
}

/** A broker that runs. */
export class Broker {
  /** The id that its Event.End carries. */
  readonly id: number;
  /** Fills it with the counters of src/ipc/broker/counters.rs, in their order. */
  stats(counters: Float64Array): void;
  /** Event.End follows, when all that waited is with the clients, and after a second at the latest. Idempotent. */
  close(): void;
  /** At once, and returns when its thread has ended: for 'exit', behind which nothing else is done. */
  end(): void;
  /** To be called at its Event.End: there is nothing left to end with the environment. */
  forget(): void;
  ref(): void;
  unref(): void;
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
  /** What carries the messages right now: 'ring' once both ends have turned to it. */
  transport(): 'socket' | 'ring';
  ref(): void;
  unref(): void;
  /** At once; what was still queued is dropped, and no event follows. Idempotent. */
  close(): void;
}

/**
 * One end of our own channel. Frames come as Wire, WireSegments and WireOpen, then End: 0 when the peer has closed, -71 (EPROTO) when we hung up on
 * it, see fault(). The peer's goodbye comes as a frame of kind 'X' before that. Kinds that only the addon deals with (H L F O A N T) never come.
 * At the environment's end a wire that has not said goodbye does so, unless something of it is still queued.
 */
export class Wire {
  /** The id that events of this wire carry; see Channel. */
  readonly id: number;
  readonly fd: number;
  readStart(): Status;
  /** No more is read. Frames that one read has brought together are still dispatched: it is asked for again after each. */
  readStop(): Status;
  /**
   * Writes as much as the kernel takes now and keeps the rest in order.
   * @param text whole frames, each with its LF. Goes out as UTF-8
   * @param segments what the marks of the last of these frames announce. Copied, as far as the kernel does not take it at once
   * @param handles fds that the marks of these frames announce, 253 at most. Duplicated, so they may be closed as soon as this returns.
   *   They go with the first byte, so the frame that announces them is the first of `text`
   * @returns 0: all of it is with the kernel. n > 0: n bytes of all writes are waiting, and a Written event will count this one. Also 1, where none
   *   is, but its segments have filled the shared memory: it counts as written when the peer has given some of it back, or has handed over all it got
   */
  write(text: string, segments: Uint8Array[] | null, handles: Int32Array | null): Status;
  /**
   * A function that does as write() of frames without segments and handles, in a third of the time.
   * @param posts for many short ones: they are out of this process when it returns, but where a ring carries them, the peer is not woken by each. It is when it
   *   was left asleep for 100 microseconds, at the end of an event of this wire, and by ring()
   */
  writer(posts: boolean): (text: string) => Status;
  /** Wakes the peer for what was posted, if it sleeps. To be called at the end of a turn that is not an event of this wire. */
  ring(): Status;
  /** Bytes accepted by write() that the kernel has not taken yet. */
  queuedBytes(): number;
  /**
   * Within a Wire or WireSegments event: the next descriptor that came with its frames (close-on-exec), or -1. Those that are left are closed with
   * the next such event, or with the wire.
   */
  takeHandle(): number;
  /**
   * Copies bytes into shared memory that the peer has mapped. Returns the mark of the segment for the header, `+65536s1.8192`: written it must be, or
   * the place is lost until the wire is closed. null: no room there, or no shared memory: they go inline.
   */
  place(bytes: Uint8Array): string | null;
  /** An ArrayBuffer in shared memory for this wire, to be filled and given to give(). Otherwise as Reactor.allocPiece(). */
  alloc(size: number): ArrayBuffer | null;
  /** As place(), without a copy, of an ArrayBuffer that was allocated here; it is detached. null, and nothing has happened: another wire's, or none of ours. */
  give(buffer: ArrayBuffer): string | null;
  /**
   * Within a WireSegments event, and once: the piece that Meta tells of. It is given back when nobody has the ArrayBuffer any more, or by
   * Reactor.releasePiece(). Those that are not taken go back after the event. null: there is no such piece.
   */
  take(slab: number, offset: number): ArrayBuffer | null;
  /** What the bytes travel through. */
  transport(): 'socket';
  /** After End with -71: `CODE message`, the code being one of ERR_PROCS_IPC_*. The peer has been told. null before. */
  fault(): string | null;
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

/** As Reactor.signalTree, but on this thread: for a process that is about to end, and after spawnSync. Answers a TreeReport as JSON. */
export function signalTreeSync(tree: number, signal: number, mode: 0 | 1 | 2): string;

/**
 * How the members of a tree are found here. 'mark': by a resource limit that nothing uses (RLIMIT_LOCKS), which every descendant
 * inherits whatever it does. 'group': where limits cannot be marked, by process group and ancestry, which misses what left both.
 */
export function treeMechanism(): 'mark' | 'group';

/** CPUs that this process may run on, as far as the quota of its cgroups goes; at least 1. */
export function usableCpus(): number;

/** Who ends the trees when this process is gone. 'keeper': a tiny process of ours, started with the first tree. Otherwise why there is none. */
export function lifetimeMechanism(): string;

/** A kernel pipe: io[0] its reading and io[1] its writing end, close-on-exec, blocking. */
export function pipe(io: Int32Array): Status;

/**
 * A ring in shared memory: io[0] its memory, io[1] and io[2] what wakes end 0 and end 1, all close-on-exec. See openChannel. Fails where there can be
 * none: -38 (ENOSYS) on macOS, -95 (EOPNOTSUPP) before Linux 5.8, -24 (EMFILE) without descriptors.
 */
export function createRing(io: Int32Array): Status;

/** A second descriptor of the same, close-on-exec, or a negated errno. */
export function duplicate(fd: number): number;

/** Closes an fd of this addon's making. In a Worker fs.closeSync() warns about an fd that fs did not open. */
export function closeFd(fd: number): void;

/** Whether nobody has the other end of a socket any more; there may still be something to read. */
export function hasHungUp(fd: number): boolean;

/** How much a pipe holds. EPERM is to be expected where the user's share of memory for pipes is used up. */
export function setPipeSize(fd: number, bytes: number): Status;

/** A new pseudo-terminal: io[0] our end, io[1] the child's, both close-on-exec. */
export function openPty(columns: number, rows: number, io: Int32Array): Status;
export function resizePty(fd: number, columns: number, rows: number): Status;

/**
 * As spawnSync, for runSync: with SIGKILL after a while, ends that reach the tree (flag Tree), and no waiting for pipes that a
 * grandchild holds open.
 * @param limits per fd, bytes kept at most; Infinity for none
 * @param forceKillAfter milliseconds from killSignal to SIGKILL; -1 for never
 * @param restrictions `limits` of Reactor.spawn
 * @param drain milliseconds without a byte after the exit, until open pipes are given up; -1 for never
 */
export function runSync(
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
  limits: Float64Array,
  killSignal: number,
  forceKillAfter: number,
  drain: number,
  usage: Float64Array,
  restrictions?: string | null,
): {
  pid: number;
  status: number | null;
  signal: number | null;
  output: (Buffer | null)[] | null;
  /** Pairs of fd and length: the order in which the parts of `output` came. */
  order: Uint32Array;
  timedOut: boolean;
  forced: boolean;
  /** The fd that went over its limit, or -1. */
  overflow: number;
  /** Bit per fd whose pipe was still open when it was given up. */
  heldOpen: number;
  /** What ending the tree came to, a TreeReport as JSON; null when it was not ended. */
  tree: string | null;
  error: Status;
};

/** Memory that processes share. Where it cannot be had, the functions that make one answer a negated errno: -38 (ENOSYS) on macOS. */
export class Memory {
  /** To be sent, and duplicated by that. -1 once it is closed. */
  readonly fd: number;
  readonly size: number;
  /** Its bytes. Each call makes another ArrayBuffer over the same. */
  buffer(): ArrayBuffer;
  /** Wakes up to `count` that wait for the int32 at `index`, in any process. How many there were. */
  notify(index: number, count: number): number;
  /**
   * From here on the int32 at `index` becomes 1 when V8 is about to end this process because its heap is full. false: this runtime cannot tell.
   */
  markHeapLimit(index: number): boolean;
  /** Of one with a name: takes it away, if it still has it. */
  unlink(): Status;
  /** Detaches the ArrayBuffer. The mapping goes when nothing refers to it any more. Idempotent. */
  close(buffer: ArrayBuffer | null): void;
}

/**
 * Zeros. Without a name it is sealed: nobody can change its size. With one it is a file in /dev/shm with mode 0600; -EEXIST: somebody uses that
 * name (one left over by processes that are gone is replaced). -ENOSPC: there is no room for it.
 */
export function createMemory(size: number, name: string | null): Memory | Status;

/** -ENOENT: nobody has created it. -EACCES: it is another user's, or others may write to it. */
export function openMemory(name: string): Memory | Status;

/** What a peer has sent; the fd is taken over. -EPROTO: it could be made shorter. */
export function adoptMemory(fd: number): Memory | Status;

/**
 * Listens on a Unix socket, close-on-exec and non-blocking.
 * @param address a path (mode 0600 from its beginning; a socket that nobody listens at any more is replaced), or `@name` for an abstract name,
 *   which Linux has. A path that begins with '@' is given as './@…'
 * @param file out, for a path: device and inode of the socket file, for unlinkLocal
 * @returns an fd, or a negated errno: -EADDRINUSE also where something stands that is no socket
 */
export function listenLocal(address: string, backlog: number, file: Float64Array): number;

/** Removes a socket file, unless by now another one is at its place. */
export function unlinkLocal(path: string, device: number, inode: number): Status;

/** Connects to an address as listenLocal takes it. Never waits. @returns an fd, close-on-exec and non-blocking, or a negated errno */
export function connectLocal(address: string): number;

/** The oldest connection that waits at `fd`, likewise. -EAGAIN: there is none. */
export function acceptLocal(fd: number): number;

/** Who is at the other end of a Unix socket, or was when it connected: io[0] pid, io[1] uid, io[2] gid. */
export function peerCredentials(fd: number, io: Int32Array): Status;
