'use strict';
// A large file of text, which goes away with this process.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const LINES = 10_000;
/** One line in so many holds the word. */
const EVERY = 10;

/**
 * @param {number} wanted bytes, at least
 * @returns {{ file: string, bytes: number, lines: number, word: string, found: number }} found: how many lines hold the word
 */
function textFile(wanted) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-bench-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'text');
  const word = 'needle';
  const line = (i) =>
    `${String(i).padStart(8, '0')} some words of no importance${i % EVERY === 0 ? `, and a ${word}` : ''}, up to the end of the line\n`;
  const block = Buffer.from(Array.from({ length: LINES }, (_, i) => line(i)).join(''));
  const blocks = Math.ceil(wanted / block.length);
  const fd = fs.openSync(file, 'w');
  for (let i = 0; i < blocks; i++) fs.writeSync(fd, block);
  fs.closeSync(fd);
  return { file, bytes: blocks * block.length, lines: blocks * LINES, word, found: (blocks * LINES) / EVERY };
}

module.exports = { textFile };
