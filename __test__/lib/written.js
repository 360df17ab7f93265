'use strict';
// How far a program has got with its output, as the kernel counts it.

const fs = require('node:fs');
const { setTimeout: wait } = require('node:timers/promises');
const { stateOf } = require('./own-children.js');

function bytesWritten(pid) {
  return Number(/^wchar: (\d+)$/m.exec(fs.readFileSync(`/proc/${pid}/io`, 'latin1'))[1]);
}

/**
 * Looks again and again, because nobody is told; the test's own time limit ends it.
 * @returns {Promise<number>} what an endless writer has written when it has come to a stop because nobody takes more
 */
async function writtenUntilHeldBack(pid) {
  for (let before = 0; ; ) {
    await wait(20);
    const now = bytesWritten(pid);
    // It sleeps only in a write: one that waits for a CPU would be ready to run.
    if (now > 0 && now === before && stateOf(pid) === 'S') return now;
    before = now;
  }
}

module.exports = { bytesWritten, writtenUntilHeldBack };
