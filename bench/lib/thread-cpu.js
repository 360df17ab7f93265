'use strict';
// CPU time of the JavaScript thread alone, without V8's helpers and libuv's pool. process.threadCpuUsage() exists only from
// Node 23.9 on, so all versions are measured by the kernel's own account, in nanoseconds.

const fs = require('node:fs');

/** Only in the main thread, whose thread id is the process id. Up to one scheduler tick (1 to 4 ms) behind. */
function threadCpuMilliseconds() {
  return Number(fs.readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
}

module.exports = { threadCpuMilliseconds };
