'use strict';
// A program's whole output in one piece: how long it takes, what the process needs at most, how long nothing else gets its turn.

const fs = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { measured } = require('../lib/measured');

const MB = 1e6;

/** Each subject's way to ask for it. */
function collector(subject) {
  if (subject.run) return (file, args, encoding) => subject.run(file, args, { encoding, maxBuffer: Infinity, stripFinalNewline: false });
  if (subject.execa) return (file, args, encoding) => subject.execa(file, args, { encoding, maxBuffer: 1e12, stripFinalNewline: false });
  return (file, args, encoding) =>
    new Promise((resolve, reject) => {
      const done = (error, stdout) => (error ? reject(error) : resolve({ stdout }));
      subject.execFile(file, args, { encoding, maxBuffer: Infinity }, done);
    });
}

/** The most that was ever resident, in bytes. */
function peakMemory() {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
}

measured(async (subject, { command: [file, ...args], bytes, encoding }) => {
  const collect = collector(subject);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // From a turn of the loop of its own, as in a program that runs already.
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.reset();
  const begin = performance.now();
  const { stdout } = await collect(file, args, encoding);
  const wall = performance.now() - begin;
  // The stall that ends with the result is over at the next tick of the histogram's timer.
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  if (stdout.length !== bytes) throw new Error(`${stdout.length} bytes came instead of ${bytes}`);
  return { wall, rate: bytes / MB / (wall / 1000), peak: peakMemory() / bytes, stall: delay.max / 1e6 };
});
