'use strict';
// Where a figure was taken. A figure without its machine says nothing.

const fs = require('node:fs');
const os = require('node:os');

function describeMachine() {
  const cpus = os.cpus();
  return {
    cpu: cpus.length > 0 ? cpus[0].model.trim() : 'unknown',
    cpus: os.availableParallelism(),
    memory: os.totalmem(),
    kernel: `${os.type()} ${os.release()} ${os.arch()}`,
    load: os.loadavg().map((load) => Math.round(load * 100) / 100),
  };
}

/** os.freemem() does not count the page cache on Node 20, so the kernel's own estimate is read. */
function availableMemory() {
  try {
    const found = /^MemAvailable:\s+(\d+) kB/m.exec(fs.readFileSync('/proc/meminfo', 'utf8'));
    if (found) return Number(found[1]) * 1024;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return os.freemem();
}

module.exports = { availableMemory, describeMachine };
