'use strict';
// What @x/procs does so far, on this project's own files, beside Node's child_process doing the same work: what came out, how long
// it took, and how long the event loop stood still meanwhile.
//
//   npm start            installs, builds and runs this
//   node examples/tour.js --smoke    the same, smaller

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const nodes = require('node:child_process');
const ours = require('@x/procs');
const { ballast } = require('./tour/ballast.js');
const { calls } = require('./tour/calls.js');
const { channels } = require('./tour/channels.js');
const { collect } = require('./tour/collect.js');
const { count } = require('./tour/count.js');
const { ends } = require('./tour/ends.js');
const { frequent } = require('./tour/frequent.js');
const { join } = require('./tour/join.js');
const { missing } = require('./tour/missing.js');
const { pools } = require('./tour/pools.js');
const { show } = require('./tour/show.js');
const { talk } = require('./tour/talk.js');
const { compare } = require('./tour/compare.js');
const { root, sourceFiles } = require('./tour/source-files.js');

async function main() {
  const smoke = process.argv.includes('--smoke');
  const files = sourceFiles();
  console.log(
    `Node ${process.versions.node} on ${process.platform} ${process.arch}, ${files.length} source files in ${path.basename(root)}\n`,
  );

  const input = { files, messages: smoke ? 2_000 : 50_000, copies: smoke ? 5 : 100 };
  const both = (title, job, changed) => compare(title, job, { nodes, ours }, { ...input, ...changed });

  await both('1. Count their lines: one wc per file, 32 at a time, each with pipes', count);
  await both('2. Their most frequent words: one shell, a pipeline of five programs', frequent);
  await both(`3. Talk to a worker: fork, ${input.messages} questions and answers`, talk);
  await both('4. A program that is not there', missing);
  const held = ballast(smoke ? 64 : 512);
  const some = files.slice(0, 64);
  await both(`5. The first again, ${some.length} of them, in a process that holds ${held.megabytes} MB, as a server does`, count, {
    files: some,
  });
  held.release();
  await both(`6. All of them, ${input.copies} times over, collected whole`, collect);
  await both(`7. The same through xargs | cat | grep | wc`, join);

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-tour-'));
  try {
    await show('8. run, runSync, $, pipeline, pipe()', calls, { files, folder });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
  await show('9. Ends: a shell, a daemon in a session of its own, and one that ignores SIGTERM', ends);
  await show('10. Channels: values, streams, topics, memory, another language', channels, { messages: smoke ? 2_000 : 50_000 });
  await show('11. Pools: many small tasks, files, a worker that dies', pools, { files, messages: smoke ? 2_000 : 50_000 });
}

main();
