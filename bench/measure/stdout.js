'use strict';
// A child's output through stdout.on('data'): MB per second, and what it costs the JavaScript thread per GB.

const { once } = require('node:events');
const { measured } = require('../lib/measured');
const { threadCpuMilliseconds } = require('../lib/thread-cpu');

const MB = 1e6;
const GB = 1e9;

async function readAll({ spawn }, [program, ...args], expected) {
  const cpu = threadCpuMilliseconds();
  const begin = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let bytes = 0;
  child.stdout.on('data', (chunk) => {
    bytes += chunk.length;
  });
  const [code, signal] = await once(child, 'close');
  const seconds = (performance.now() - begin) / 1000;
  const cpuUsed = threadCpuMilliseconds() - cpu;
  if (code !== 0) throw new Error(`the writer ended with ${signal ?? code}`);
  if (bytes !== expected) throw new Error(`${bytes} bytes came instead of ${expected}`);
  return { rate: bytes / MB / seconds, cpu: cpuUsed / (bytes / GB) };
}

measured(async (subject, { warmup, command, bytes }) => {
  await readAll(subject, warmup.command, warmup.bytes);
  return readAll(subject, command, bytes);
});
