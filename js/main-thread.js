'use strict';

const fs = require('fs');

/** Whether this is the process's main thread, without loading worker_threads, which takes longer than all of this package. */
function isMainThread() {
  try {
    // PID/task/TID. A Worker never runs on the thread the process began with, whose TID is the PID.
    const [pid, , tid] = fs.readlinkSync('/proc/thread-self').split('/');
    return pid === tid;
  } catch {
    return require('worker_threads').isMainThread; // no /proc
  }
}

module.exports = { isMainThread };
