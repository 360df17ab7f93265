'use strict';
// What is judged without running it. Each line is one check: it passes or fails as a whole.

const path = require('node:path');
const { counts, sum } = require('./counts.js');
const { root, run } = require('./command.js');

const tool = (name) => path.join(root, 'node_modules/.bin', name);

const checks = [
  ['cargo', ['fmt', '--check']],
  // Without the test targets: under cfg(test) napi-derive registers nothing, and all of src/node/ would count as never used.
  ['cargo', ['clippy', '--', '-D', 'warnings']],
  ['cargo', ['clippy', '--all-targets', '--no-default-features', '--', '-D', 'warnings']],
  [tool('biome'), ['check', '--error-on-warnings', '.']],
  [tool('tsc'), ['--project', '__test__/tsconfig.json']],
];

async function lint() {
  const results = [];
  for (const [file, args] of checks) {
    console.log(`$ ${[path.basename(file), ...args].join(' ')}`);
    const { ok } = await run(file, args);
    results.push(ok ? counts(1) : counts(0, 1));
  }
  return sum(results);
}

module.exports = { lint };

if (require.main === module) require('./parts.js').runParts([['lint', lint]]);
