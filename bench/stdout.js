'use strict';
// Large output through stdout.on('data'), from writers of 4 to 256 KB at a time.

const { runBench } = require('./lib/bench');
const { compile } = require('./lib/compile');
const { PAR } = require('./lib/figures');

const KB = 1024;
const MB = 1024 * KB;
const BLOCKS = [4 * KB, 16 * KB, 64 * KB, 256 * KB];

/** dd is on every system, but reads as much as it writes; a machine with a compiler has a writer that only writes. */
function chooseWriter() {
  const writer = compile('writer');
  if (writer.skipped) return (block, bytes) => ['dd', 'if=/dev/zero', `bs=${block}`, `count=${bytes / block}`, 'status=none'];
  return (block, bytes) => [writer.program, String(block), String(bytes)];
}

function group(block, bytes, writer, major) {
  // Node 20 leaves its socket pairs at the kernel's default size, as ours are; from 22 on it shrinks them to 64 KB.
  const faster = block >= 16 * KB && major >= 22;
  const name = `${block / KB} KB blocks`;
  const warmup = Math.min(bytes, 64 * MB);
  return {
    measure: 'stdout',
    parameters: { warmup: { command: writer(block, warmup), bytes: warmup }, command: writer(block, bytes), bytes },
    figures: [
      {
        name: `throughput, ${name}`,
        unit: 'MB/s',
        key: 'rate',
        compare: 'ratio',
        peer: 'stock',
        target: faster ? { atLeast: 1.2 } : PAR.noSlower,
      },
      { name: `JavaScript-thread CPU, ${name}`, unit: 'ms/GB', key: 'cpu', compare: 'ratio', peer: 'stock', target: PAR.noMore },
    ],
  };
}

runBench({
  title: "stdout: a child's output through stdout.on('data')",
  rounds: 5,
  numbers: { megabytes: { full: 2048, smoke: 16, help: 'output per round, in MB' } },
  groups({ megabytes }, { major }) {
    const writer = chooseWriter();
    return BLOCKS.map((block) => group(block, megabytes * MB, writer, major));
  },
});
