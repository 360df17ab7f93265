'use strict';
// What this process holds: children that nobody reaped, open fds, memory.

const fs = require('node:fs');
const v8 = require('node:v8');
const vm = require('node:vm');

/** Every child of this process that is still there, a zombie or not. */
function children() {
  const found = [];
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    let stat;
    try {
      stat = fs.readFileSync(`/proc/${entry}/stat`, 'latin1');
    } catch (error) {
      // Someone else's process that ended since the folder was read.
      if (error.code === 'ENOENT' || error.code === 'ESRCH') continue;
      throw error;
    }
    // The name stands in parentheses and may hold anything, parentheses too.
    const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(ppid) === process.pid) found.push({ pid: Number(entry), state });
  }
  return found;
}

/** The one that reads the folder is counted too, always. */
function openFds() {
  return fs.readdirSync('/proc/self/fd').length;
}

function threads() {
  return fs.readdirSync('/proc/self/task').length;
}

/** Ranges of addresses that have something behind them. */
function memoryMaps() {
  return fs.readFileSync('/proc/self/maps', 'latin1').split('\n').length - 1;
}

let collect;

/** Resident memory once the garbage is gone, in bytes. */
function residentMemory() {
  if (collect === undefined) {
    v8.setFlagsFromString('--expose-gc');
    collect = vm.runInNewContext('gc');
  }
  collect();
  return process.memoryUsage.rss();
}

module.exports = { children, memoryMaps, openFds, residentMemory, threads };
