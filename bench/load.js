'use strict';
// What it costs to have the package in a program: wall time of a whole `node -e 0`, threads, and that the process still
// ends by itself.

const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { pathToFileURL } = require('node:url');
const { runBench } = require('./lib/bench');
const { runProgram } = require('./lib/fresh');

const NATIVE = path.join(__dirname, '..', 'js', 'native.js');
const NAMES = pathToFileURL(path.join(__dirname, '..', 'js', 'index.mjs'));
const DEADLINE = 10_000;

const requires = (module) => `require(${JSON.stringify(module)});`;
const loads = (module) => `${requires(module)} require(${JSON.stringify(NATIVE)}).native();`;
const imports = (url) => `import { spawn } from ${JSON.stringify(url)};`;
const spawns = (module) => `require(${JSON.stringify(module)}).spawn('/bin/true').on('close', (code) => { process.exitCode = code; });`;

/** What is run is a module. */
const MODULE = ['--input-type=module'];

/** Wall time of one whole process, in ms. One that does not end by itself is an error. */
function wallTime(node, script, flags = []) {
  return () => {
    const begin = performance.now();
    const { error, status, signal } = spawnSync(node, [...flags, '-e', script], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: DEADLINE,
    });
    const wall = performance.now() - begin;
    if (error) throw new Error(`node -e "${script}": ${error.code === 'ETIMEDOUT' ? 'does not end by itself' : error.message}`);
    if (status !== 0) throw new Error(`node -e "${script}": ${signal ?? `exit code ${status}`}`);
    return { wall };
  };
}

/** How many threads the process has once `script` has run. */
function threads(node, script) {
  const count = "require('fs').readdirSync('/proc/self/task').length";
  return () => ({ threads: runProgram(node, ['-e', `${script} console.log(${count})`]) });
}

runBench({
  title: 'load: what the package adds to a process that loads it',
  rounds: 40,
  groups: ({ ours }, { path: node }) => {
    const added = (name, target) => ({ name, unit: 'ms', key: 'wall', compare: 'difference', peer: 'node -e 0', target });
    const bare = { 'node -e 0': wallTime(node, '0') };
    const most = { atMost: 5 };
    return [
      { figures: [added('require', most)], subjects: { ...bare, ours: wallTime(node, requires(ours)) } },
      { figures: [added('require, addon loaded', most)], subjects: { ...bare, ours: wallTime(node, loads(ours)) } },
      {
        figures: [{ name: 'import', unit: 'ms', key: 'wall', compare: 'difference', peer: 'stock' }],
        subjects: { stock: wallTime(node, imports('node:child_process'), MODULE), ours: wallTime(node, imports(NAMES), MODULE) },
      },
      {
        figures: [{ name: 'require and one spawn', unit: 'ms', key: 'wall', compare: 'difference', peer: 'stock' }],
        subjects: { stock: wallTime(node, spawns('child_process')), ours: wallTime(node, spawns(ours)) },
      },
      {
        figures: [
          {
            name: 'threads, addon loaded',
            unit: 'threads',
            key: 'threads',
            compare: 'difference',
            peer: 'node -e 0',
            target: { atMost: 0 },
          },
        ],
        subjects: { 'node -e 0': threads(node, ''), ours: threads(node, loads(ours)) },
      },
    ];
  },
});
