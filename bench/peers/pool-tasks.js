'use strict';
// The tasks of bench/pool.js, as a module of functions: what our pool, tinypool, piscina and jest-worker load as it is.

const { performance } = require('node:perf_hooks');
const { work } = require('../lib/pool/work');

module.exports = {
  add: ({ a, b }) => a + b,
  echo: (value) => value,
  /** How many bytes came: a task that reads and has little to say. */
  measure: (bytes) => bytes.byteLength,
  /** Burns CPU. Answers when it was done, by a clock that all processes share. */
  burn: (units) => {
    work(units);
    return performance.timeOrigin + performance.now();
  },
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  pid: () => process.pid,
  exit: (code) => process.exit(code),
  heap: () => {
    const kept = [];
    for (;;) kept.push(new Array(1e4).fill(kept.length));
  },
  endless: () => {
    for (;;);
  },
  /** Onto the channel, whosever it is: as a program does that writes to whatever it finds open. */
  garbage: () => {
    const { channelFd } = require('../../__test__/fixtures/pool/channel-fd');
    require('node:fs').writeSync(channelFd(), 'garbage {"\n\0\n');
  },
};
