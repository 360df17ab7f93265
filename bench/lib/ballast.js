'use strict';
// Makes this process as large as a real application. Buffers, and touched: V8 keeps its own heap out of forks
// (MADV_DONTFORK) and untouched pages have no page-table entries to copy, so either would hide what a fork costs.

const MEGABYTE = 1024 * 1024;
const CHUNK = 16 * MEGABYTE;

const ballast = [];

/** Adds Buffers until `bytes` are resident. A process that is larger already stays as it is. */
function growTo(bytes) {
  for (;;) {
    const missing = bytes - process.memoryUsage.rss();
    if (missing < MEGABYTE) return;
    ballast.push(Buffer.allocUnsafeSlow(Math.min(missing, CHUNK)).fill(1));
  }
}

module.exports = { growTo };
