'use strict';
// Starts every example, and every bench in its shortest form: whether they run to their end, not what they measure.

const fs = require('node:fs');
const path = require('node:path');
const { counts, sum } = require('./counts.js');
const { root, run } = require('./command.js');

const TIMEOUT = 120_000;
// How the program itself says to start it.
const FLAGS = { 'examples/child_process/unchanged.js': ['--require', '@x/procs/register'] };

/** Programs lie directly in these folders; what they share lies in folders below. */
function programs(folder) {
  return fs
    .readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?js$/.test(entry.name))
    .map((entry) => path.join(folder, entry.name))
    .sort();
}

async function smoke() {
  const results = [];
  for (const file of [...programs('examples'), ...programs('examples/child_process'), ...programs('examples/ipc'), ...programs('bench')]) {
    const began = performance.now();
    const { ok } = await run(process.execPath, [...(FLAGS[file] ?? []), file, '--smoke'], { timeout: TIMEOUT, quiet: true });
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${file} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    results.push(ok ? counts(1) : counts(0, 1));
  }
  return sum(results);
}

module.exports = { smoke };

if (require.main === module) require('./parts.js').runParts([['smoke', smoke]]);
