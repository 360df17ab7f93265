'use strict';
// A pool's end of one worker's channel, without a pool: the frames are the test's own. See "Pool workers" in docs/protocol.md.

const net = require('node:net');
const path = require('node:path');
const { native } = require('../../js/native.js');
const { meta, reactor, register } = require('../../js/reactor.js');
const { encodeName, decodeName } = require('../../js/task-name.js');
const { cutSegments } = require('../../js/wire-parts.js');

const { encode, openFrame, revive } = require('../../js/ipc')[Symbol.for('@x/procs.inside')]().frames;

const ENTRY = path.join(__dirname, '../../js/worker/entry.js');
const FIXTURES = path.join(__dirname, '../fixtures/pool-worker');

// Of native.d.ts, and of the page.
const IGNORE = -1;
const PIPE = -2;
const TREE = 8;
const FRAME = 4;
const [SETUP, TEARDOWN] = [2 ** 30, 2 ** 30 + 1];
const MAX_FRAME = 8 * 1024 * 1024;
const CAPABILITIES = ['ring', 'slab', 'handles'];
const HELLO = { protocol: 'procs', version: 1, pid: process.pid, software: 'raw/1', capabilities: CAPABILITIES, maxFrame: MAX_FRAME };

/** A request's line, and the bytes that go with it. */
function frameOf(id, value, mark) {
  const encoded = value === undefined ? '' : encode(value);
  const topic = mark === undefined ? '' : `=${mark}`;
  if (typeof encoded === 'string') return { line: `Q${id}${topic}:${encoded}\n`, segments: [] };
  const { json, segments } = encoded;
  const marks = segments.map(({ length, type }) => `+${length}${type}`).join('');
  return { line: `Q${id}~${topic}${marks}:${json}\n`, segments: segments.map(({ bytes }) => bytes) };
}

class RawWorker {
  /** All that it has said, in order: { kind, id, name, value }. */
  said = [];
  hello = null;
  stderr = '';
  page = null;
  #wire;
  #memory = null;
  #looks = new Set();
  #lastId = 0;
  #isOver = { wire: false, exit: false, stderr: false };
  /** { exitCode, signal } when it has ended, and all that it has said is read. */
  ended;
  #end;

  /**
   * @param {object} [options]
   * @param {string[]} [options.program] instead of our worker
   * @param {object} [options.env]
   * @param {string[]} [options.execArgv]
   * @param {boolean} [options.hasPage]
   * @param {number} [options.beatEvery]
   */
  constructor({ program, env = {}, execArgv = [], hasPage = true, beatEvery = 0 } = {}) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const argv = program ?? [process.execPath, ...execArgv, ENTRY];
    const io = new Int32Array(7);
    io.set([IGNORE, 1, PIPE, PIPE, hasPage ? this.#makePage(beatEvery) : IGNORE], 2);
    const all = { ...process.env, ...env, PROCS_CHANNEL_FD: '3', PROCS_POOL_WORKER_ID: '7', ...(hasPage && { PROCS_POOL_PAGE_FD: '4' }) };
    const block = Object.entries(all).map(([name, value]) => `${name}=${value}`);
    const status = reactor().spawn(argv[0], argv.join('\0'), block.join('\0'), null, TREE, 0, 0, io, 5);
    if (status < 0) throw new Error(`spawn: ${status}`);
    [this.pid] = io;
    this.id = io[1];
    register(this.id, { onExit: (exitCode, signal) => this.#over('exit', { exitCode, signal }) });
    const stderr = new net.Socket({ fd: io[4] });
    stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
      this.#look();
    });
    stderr.on('close', () => this.#over('stderr'));
    this.#wire = reactor().openWire(io[5], JSON.stringify(HELLO), MAX_FRAME, 2 ** 28);
    register(this.#wire.id, this);
    this.#wire.readStart();
  }

  #makePage(beatEvery) {
    this.#memory = native().createMemory(4096, null);
    this.page = new Int32Array(this.#memory.buffer());
    this.page.set([1, 7, beatEvery]);
    return this.#memory.fd;
  }

  /** As numbers: what the worker has written into its page. */
  get cells() {
    const [, , , started, beats, finished, , , utilization, heapUsed, heapLimit, state] = this.page;
    return { started, beats, finished, utilization, heapUsed, heapLimit, state, busy: Number(new BigUint64Array(this.page.buffer)[3]) };
  }

  // Called by the reactor.

  onWireOpen(json) {
    this.hello = JSON.parse(json);
    this.#look();
  }

  onWire(text, count) {
    const values = count === 1 ? [JSON.parse(text)] : JSON.parse(text);
    const about = meta();
    let topic;
    for (let i = 0; i < count; i++) {
      const [kind, id, flags] = about.slice(i * FRAME);
      let value = values[i];
      if ((flags & 18) === 2) [topic, value] = value;
      this.#hear(kind, id, flags, (flags & 2) === 0 ? undefined : topic, value, null);
    }
  }

  onWireSegments(text, inline) {
    const about = meta().slice();
    const segments = cutSegments(about, inline, (slab, offset) => this.#wire.take(slab, offset));
    const [kind, id, flags] = about;
    const [topic, value] = (flags & 2) === 0 ? [undefined, JSON.parse(text)] : JSON.parse(text);
    this.#hear(kind, id, flags, topic, value, segments);
  }

  onWritten() {}

  onEnd() {
    this.#over('wire');
  }

  #hear(kind, id, flags, topic, parsed, segments) {
    const { value } = openFrame(parsed, segments, [], flags);
    const name = topic === undefined ? undefined : decodeName(topic);
    this.said.push({ kind: String.fromCharCode(kind), id, name, value, shared: segments?.some(({ type }) => type === 's') ?? false });
    this.#look();
  }

  #over(what, end) {
    this.#isOver[what] = true;
    if (end !== undefined) this.exit = end;
    this.#look();
    if (Object.values(this.#isOver).every(Boolean)) {
      this.#wire.close();
      this.#end(this.exit);
    }
  }

  #look() {
    for (const look of [...this.#looks]) look();
  }

  /**
   * Waits until there is something; rejects when the worker is gone before.
   * @template T
   * @param {() => T} find
   * @returns {Promise<T>}
   */
  until(find) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (!found && !this.#isOver.wire) return;
        this.#looks.delete(look);
        if (found) resolve(found);
        else reject(new Error(`The worker has gone: ${JSON.stringify(this.said)}\n${this.stderr}`));
      };
      this.#looks.add(look);
      look();
    });
  }

  /** Waits until it has emitted that. */
  heard(name, value) {
    return this.until(() => this.said.find((frame) => frame.kind === 'M' && frame.name === name && Object.is(frame.value, value)));
  }

  /** What was said to a request: { kind: 'R' | 'E', value }; of an error it is the error. */
  async answer(id) {
    const { kind, value } = await this.until(() => this.answers(id)[0]);
    return { kind, value: kind === 'E' ? revive(value) : value };
  }

  /** All that was said to a request: one, if all is well. */
  answers(id) {
    return this.said.filter((frame) => frame.id === id && (frame.kind === 'R' || frame.kind === 'E'));
  }

  /** Frames as they are, and the bytes that follow the last. */
  write(text, segments = null, handles = null) {
    return this.#wire.write(text, segments, handles);
  }

  async #ask(id, value, mark) {
    const { line, segments } = frameOf(id, value, mark);
    this.write(line, segments);
    return await this.answer(id);
  }

  /** @param {string} file in fixtures/pool-worker, or a path, or a URL */
  setUp(file, options = {}) {
    const filename = /^(\/|\w+:)/.test(file) ? file : path.join(FIXTURES, file);
    return this.#ask(SETUP, { filename, ...options }, 'procs.setup');
  }

  tearDown() {
    return this.#ask(TEARDOWN, undefined, 'procs.teardown');
  }

  /** One, and its answer. */
  task(value, name) {
    return this.#ask(++this.#lastId, value, name && encodeName(name));
  }

  /** All in one write. @param {[unknown, string?][]} tasks value and name @returns {number[]} their ids */
  tasks(tasks) {
    const frames = tasks.map(([value, name]) => ({ id: ++this.#lastId, ...frameOf(this.#lastId, value, name && encodeName(name)) }));
    this.write(frames.map(({ line }) => line).join(''));
    return frames.map(({ id }) => id);
  }

  /** The answers of several, in that order. */
  results(ids) {
    return Promise.all(ids.map((id) => this.answer(id)));
  }

  giveUp(id, reason) {
    this.write(`C${id}:${reason === undefined ? '' : JSON.stringify(reason)}\n`);
  }

  sayGoodbye() {
    this.write('X:\n');
  }

  /** As if the pool's process were gone. */
  hangUp() {
    this.#wire.close();
    this.#over('wire');
  }

  kill(signal = 9) {
    reactor().kill(this.id, signal);
    return this.ended;
  }
}

module.exports = { ENTRY, FIXTURES, RawWorker };
