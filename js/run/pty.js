'use strict';
// A terminal for the child.

const errors = require('../errors');
const { native } = require('../native');
const { validateInteger } = require('../validate');
const { openStream } = require('./inside');

const MAX_SIZE = 65_535;

const io = new Int32Array(2);

let canStream = false;

/**
 * @returns {{ ours: number, theirs: number }}
 * @throws what the system says: there is a limit to how many there may be
 */
function openPty({ cols, rows }) {
  if (!canStream) learn();
  const status = native().openPty(cols, rows, io);
  if (status < 0) throw new errors.ErrnoException(status, 'openpty');
  return { ours: io[0], theirs: io[1] };
}

/**
 * Node's class of handles, which a terminal is read with, has no public name: openStream() learns it from the first socket or pipe
 * that it opens, and net.Socket refuses to open a terminal.
 */
function learn() {
  const status = native().pipe(io);
  if (status < 0) throw new errors.ErrnoException(status, 'pipe');
  openStream(io[0], true).destroy();
  native().closeFd(io[1]);
  canStream = true;
}

/** @param {number} fd ours */
function resizePty(fd, cols, rows) {
  validateInteger(cols, 'cols', 1, MAX_SIZE);
  validateInteger(rows, 'rows', 1, MAX_SIZE);
  if (fd < 0) return;
  const status = native().resizePty(fd, cols, rows);
  if (status < 0) throw new errors.ErrnoException(status, 'ioctl');
}

module.exports = { openPty, resizePty };
