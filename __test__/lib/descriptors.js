'use strict';
// The open fds of this process, as the kernel knows them. Empty where there is no /proc.

const fs = require('node:fs');

const FOLDER = '/proc/self/fd';
const O_CLOEXEC = 0o2000000;
const known = fs.existsSync(FOLDER);

/** 'n what it is' for each, ordered by n; without the one that reads the folder. */
function descriptors() {
  if (!known) return [];
  const open = [];
  for (const name of fs.readdirSync(FOLDER)) {
    try {
      open.push(`${name} ${fs.readlinkSync(`${FOLDER}/${name}`)}`);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return open.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

/** The flags of open(2), of any process's fd. */
function flagsOf(fd, pid = 'self') {
  return Number.parseInt(/^flags:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))[1], 8);
}

/** Those that a program started now would get without being asked. */
function inheritable() {
  return descriptors().filter((line) => (flagsOf(Number.parseInt(line, 10)) & O_CLOEXEC) === 0);
}

module.exports = { descriptors, flagsOf, inheritable };
