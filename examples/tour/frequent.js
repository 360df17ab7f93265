'use strict';
// One command line with its output collected: exec, promisified.

const { promisify } = require('node:util');

async function frequent({ exec }, { files }) {
  const pipeline = "xargs -0 cat | tr -cs 'A-Za-z' '\\n' | sort | uniq -c | sort -rn";
  const run = promisify(exec)(pipeline, { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, LC_ALL: 'C' } });
  run.child.stdin.end(files.join('\0'));
  const { stdout } = await run;
  const top = stdout.split('\n', 5).map((line) => line.trim().split(' ')[1]);
  return { result: `${top.join(', ')}; ${stdout.length} bytes collected` };
}

module.exports = { frequent };
