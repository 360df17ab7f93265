'use strict';
// How far a program has got with its output, as the kernel counts it.

const fs = require('node:fs');
const { setTimeout: wait } = require('node:timers/promises');

function bytesWritten(pid) {
  return Number(/^wchar: (\d+)$/m.exec(fs.readFileSync(`/proc/${pid}/io`, 'latin1'))[1]);
}

/** @returns {Promise<number>} what an endless writer has written when it has come to a stop because nobody takes more */
async function writtenUntilHeldBack(pid) {
  let before = 0;
  for (let i = 0; i < 100; i++) {
    await wait(50);
    const now = bytesWritten(pid);
    if (now > 0 && now === before) return now;
    before = now;
  }
  throw new Error(`still writing: ${before} bytes`);
}

module.exports = { bytesWritten, writtenUntilHeldBack };
