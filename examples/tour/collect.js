'use strict';
// Much output, collected whole: execFile gathers it in JavaScript, run in Rust.

const { promisify } = require('node:util');

async function collect({ execFile, run }, { files, copies }) {
  const list = Array(copies).fill(files.join('\0')).join('\0');
  const { stdout } = run
    ? await run('xargs', ['-0', 'cat'], { input: list, encoding: 'buffer', stripFinalNewline: false, maxBuffer: Infinity })
    : await collectedByNode(execFile, list);
  return { result: `${stdout.length} bytes` };
}

async function collectedByNode(execFile, list) {
  const collecting = promisify(execFile)('xargs', ['-0', 'cat'], { encoding: 'buffer', maxBuffer: Infinity });
  collecting.child.stdin.end(list);
  return collecting;
}

module.exports = { collect };
