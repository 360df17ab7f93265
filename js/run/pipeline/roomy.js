'use strict';
// Pipes that hold more than the kernel's 64 KB: programs that only copy write 128 KB at a time, and with a small pipe writer and reader
// wake each other for every half of it.
//
// What a user's pipes may hold together is limited (64 MB by default), and past that new pipes of all programs get one page: so only so
// many are enlarged at a time.

const { native } = require('../../native');

const SIZE = 256 * 1024;
const MOST = 64;

let count = 0;

/** @param {number} fd either end of a pipe that `writer` writes to */
function makeRoomy(fd, writer) {
  // Without F_SETPIPE_SZ, on macOS, pipes grow by themselves.
  if (count >= MOST || native().setPipeSize === undefined || native().setPipeSize(fd, SIZE) < 0) return;
  count++;
  writer.once('exit', () => {
    count--;
  });
}

module.exports = { makeRoomy };
