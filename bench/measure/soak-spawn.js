'use strict';
// Our children and libuv's, interleaved in one process, in ten parts. Between the parts nothing is in flight, so that what
// is still there can be counted.

const stock = require('node:child_process');
const { keepInFlight } = require('../lib/in-flight');
const { measured } = require('../lib/measured');
const { children, openFds, residentMemory } = require('../lib/own-process');

const PARTS = 10;
const IN_FLIGHT = 16;
const STALLED = 30_000;

/** One of each way to end, and how it must be reported. */
const KINDS = [
  { command: ['/bin/true'], code: 0, signal: null },
  { command: ['/bin/sh', '-c', 'exit 7'], code: 7, signal: null },
  { command: ['/bin/echo', 'some output'], code: 0, signal: null },
  { command: ['/bin/sh', '-c', 'kill -9 $$'], code: null, signal: 'SIGKILL' },
  { command: ['/bin/sleep', '60'], kill: 'SIGTERM', code: null, signal: 'SIGTERM' },
];

class Soak {
  constructor(ours, total) {
    this.subjects = [ours, stock];
    this.started = 0;
    this.ended = 0;
    this.exits = new Uint8Array(total);
    this.wrong = 0;
    this.firstWrong = null;
  }

  start() {
    const index = this.started++;
    const { spawn } = this.subjects[index % 2];
    const kind = KINDS[(index >> 1) % KINDS.length];
    const [program, ...args] = kind.command;
    const child = spawn(program, args, { stdio: index % 3 === 0 ? 'ignore' : 'pipe' });
    child.on('exit', (code, signal) => {
      this.exits[index]++;
      this.ended++;
      if (code === kind.code && signal === kind.signal) return;
      this.wrong++;
      this.firstWrong ??= `${index % 2 === 0 ? 'our' : "stock's"} ${kind.command.join(' ')}: exit (${code}, ${signal})`;
    });
    if (kind.kill) child.kill(kind.kill);
    return child;
  }

  /** A lost exit would keep this process waiting for ever: it ends it instead, and says what is missing. */
  watch() {
    let last = -1;
    setInterval(() => {
      if (this.ended === last) {
        const missing = this.started - this.ended;
        throw new Error(`no exit for ${STALLED / 1000} s, ${missing} missing; children left: ${JSON.stringify(children())}`);
      }
      last = this.ended;
    }, STALLED).unref();
  }
}

measured(async (ours, { count }) => {
  const total = count * 2;
  const soak = new Soak(ours, total);
  soak.watch();
  const parts = [];
  const begin = performance.now();
  for (let part = 1; part <= PARTS; part++) {
    const goal = Math.floor((total * part) / PARTS);
    await keepInFlight({ count: IN_FLIGHT, start: () => soak.start(), enough: () => soak.started >= goal });
    parts.push({ children: children(), fds: openFds(), resident: residentMemory() });
  }
  const exits = soak.exits.subarray(0, soak.started);
  return {
    seconds: (performance.now() - begin) / 1000,
    started: soak.started,
    lost: exits.reduce((sum, seen) => sum + (seen === 0), 0),
    twice: exits.reduce((sum, seen) => sum + (seen > 1), 0),
    wrong: soak.wrong,
    firstWrong: soak.firstWrong,
    parts,
  };
});
