'use strict';
// The core's tests. Without the binding: what src/node/ does is tested from JavaScript, and a test program that is not Node
// could not resolve Node-API's symbols.

const { counts, sum, withExit } = require('./counts.js');
const { run } = require('./command.js');

async function rust() {
  const { ok, output } = await run('cargo', ['test', '--no-default-features', '--no-fail-fast']);
  return withExit(parseLibtest(output), ok);
}

/** One "test result:" line per test program. */
function parseLibtest(output) {
  const results = output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/gm);
  return sum(Array.from(results, ([, passed, failed, ignored]) => counts(Number(passed), Number(failed), Number(ignored))));
}

module.exports = { rust, parseLibtest };
