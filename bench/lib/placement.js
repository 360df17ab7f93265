'use strict';
// A round trip between two idle CPUs is two wake-ups across them, on one CPU two switches: half of it. Where the scheduler
// puts the two processes is then most of the figure, so it is decided here and both are measured.

const fs = require('node:fs');
const { spawnSync } = require('node:child_process');

/** The CPUs this process may run on: in a container not all of them, and not always from 0. */
function allowedCpus() {
  const [, list] = /^Cpus_allowed_list:\s+(\S+)$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'));
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** @returns {string | undefined} why it cannot be decided here */
function cannotPlace() {
  if (allowedCpus().length < 2) return 'one CPU only';
  return spawnSync('taskset', ['--version'], { stdio: 'ignore' }).error ? 'no taskset' : undefined;
}

/** Puts a process, with all its threads, on one CPU. */
function place(pid, cpu) {
  const { error, status, stderr } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', `${cpu}`, `${pid}`], { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`taskset: ${stderr}`);
}

module.exports = { allowedCpus, cannotPlace, place };
