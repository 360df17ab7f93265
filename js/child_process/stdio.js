'use strict';
// The `stdio` option: from its many forms to one entry for each of the child's fds.

const { inspect, types } = require('util');
const errors = require('../errors');
const { EBADF, EINVAL } = require('./errno');
const { isHandle } = require('./streams');

/** Stdio in native.d.ts. */
const IGNORE = -1;
const PIPE = -2;

/** The plan holds 32 bits, where larger numbers would become others. */
const MAX_FD = 2 ** 31 - 1;

/** The reusable argument of the addon's spawn functions: pid, id, and the child's fds. Written and read again within one call. */
let io = new Int32Array(2 + 16);

/** 'inherit' for the three, with 'ipc' behind them: [0, 1, 2, 'ipc']. */
function stdioArray(word, channel) {
  const array = threeOf(word);
  if (channel !== undefined) array.push(channel);
  return array;
}

function threeOf(word) {
  if (word === 'pipe' || word === 'ignore' || word === 'overlapped') return [word, word, word];
  if (word === 'inherit') return [0, 1, 2];
  throw new errors.codes.ERR_INVALID_ARG_VALUE('stdio', word);
}

/**
 * @param {string | any[]} stdio is not changed
 * @param {boolean} sync for spawnSync
 * @returns {{ entries: object[], ipcFd: number }} ipcFd: the child's fd of the channel, or -1
 */
function planStdio(stdio, sync) {
  const wanted = typeof stdio === 'string' ? threeOf(stdio) : stdio;
  if (!Array.isArray(wanted)) throw new errors.codes.ERR_INVALID_ARG_VALUE('stdio', wanted);
  const entries = [];
  let ipcFd = -1;
  for (let fd = 0; fd < wanted.length || fd < 3; fd++) {
    const entry = entryOf(wanted[fd], fd, sync);
    if (entry === null) continue;
    if (entry.ipc) {
      if (sync) throw new errors.codes.ERR_IPC_SYNC_FORK();
      if (ipcFd !== -1) throw new errors.codes.ERR_IPC_ONE_PIPE();
      ipcFd = fd;
    }
    entries.push(entry);
  }
  return { entries, ipcFd };
}

/** In the shape Node has for it, which subscribers to the child_process.spawn channel see. */
function entryOf(value, fd, sync) {
  const stdio = value ?? (fd < 3 ? 'pipe' : 'ignore');
  if (stdio === 'pipe' || (typeof stdio === 'number' && stdio < 0)) return { type: 'pipe', readable: fd === 0, writable: fd !== 0 };
  if (stdio === 'ignore') return { type: 'ignore' };
  if (stdio === 'inherit') return { type: 'inherit', fd };
  if (stdio === 'ipc') return { type: 'pipe', ipc: true };
  if (stdio === 'overlapped') return { type: 'overlapped', readable: fd === 0, writable: fd !== 0 };
  if (typeof stdio === 'number') return { type: 'fd', fd: stdio };
  if (typeof stdio.fd === 'number') return { type: 'fd', fd: stdio.fd };
  const handle = isHandle(stdio.handle) ? stdio.handle : stdio._handle;
  if (isHandle(handle)) return { type: 'wrap', wrapType: handle.constructor.name.toLowerCase(), handle, _stdio: stdio };
  if (types.isArrayBufferView(stdio) || typeof stdio === 'string') {
    if (sync) return null; // as Node does: passed over, and the next entry takes its place
    throw new errors.codes.ERR_INVALID_SYNC_FORK_INPUT(inspect(stdio));
  }
  throw new errors.codes.ERR_INVALID_ARG_VALUE('stdio', stdio);
}

/**
 * Writes the entries into the argument for the addon.
 * @returns {number} 0, or what libuv would say: a handle that is closed, { fd: -1 }, or a number too large for an fd
 */
function writePlan(entries) {
  if (io.length < entries.length + 2) io = new Int32Array(2 * entries.length);
  for (let i = 0; i < entries.length; i++) {
    const planned = plannedFd(entries[i]);
    if (planned < PIPE) return planned;
    io[2 + i] = planned;
  }
  return 0;
}

function plannedFd(entry) {
  switch (entry.type) {
    case 'pipe':
    case 'overlapped':
      return PIPE;
    case 'ignore':
      return IGNORE;
    case 'wrap':
      return entry.handle.fd >= 0 ? entry.handle.fd : EINVAL;
    default:
      if (entry.fd > MAX_FD) return EBADF;
      if (entry.fd >= 0) return entry.fd;
      return entry.fd === -1 ? EINVAL : IGNORE;
  }
}

/** The same from numbers, see Stdio in native.d.ts. */
function planFds(fds) {
  if (io.length < fds.length + 2) io = new Int32Array(2 * fds.length);
  io.set(fds, 2);
  return io;
}

/** The argument, as writePlan() or the addon has left it. Not to be kept: the next child may need a longer one. */
function plan() {
  return io;
}

module.exports = { IGNORE, PIPE, stdioArray, planStdio, writePlan, planFds, plan };
