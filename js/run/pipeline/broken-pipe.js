'use strict';
// A writer whose reader has gone is told so by SIGPIPE, and most programs end by that: it is how `yes | head` works, and no failure. Those
// that handle it, as Node, Python and Java do, see EPIPE, say something and end with an exit code of their own.

const fs = require('fs');

/** What a shell makes of SIGPIPE when it reports it as its own exit code. */
const SHELL_SIGPIPE = 128 + 13;

/** A socket whose reader has left something unread says ECONNRESET instead. */
const SAID_SO = /\b(?:EPIPE|ECONNRESET)\b|broken ?pipe|connection reset by peer|failed writing body|failure writing output/i;

/**
 * Whether a step has failed only because the step behind it wanted no more.
 * @param {object} result of the step
 * @param {() => boolean} readerHasLeft whether the step behind it read no more at that time
 */
function isBrokenPipe({ signal, exitCode, stderr, exitReason }, readerHasLeft) {
  if (exitReason === 'signal' && signal === 'SIGPIPE') return true;
  if (exitReason !== 'exit' || !readerHasLeft()) return false;
  return exitCode === SHELL_SIGPIPE || SAID_SO.test(textOf(stderr));
}

function textOf(output) {
  if (typeof output === 'string') return output;
  if (Array.isArray(output)) return output.join('\n');
  return Buffer.isBuffer(output) ? output.toString('latin1') : '';
}

/** Of a process that is on its way out: its fds are closed a moment before it is a zombie. */
const PF_EXITING = 4;

/** Its end may be with the kernel while the event is still on its way: the two exits are told in any order. */
function hasEnded({ pid, exitCode, signalCode }) {
  if (exitCode !== null || signalCode !== null || pid === undefined) return true;
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Its pid cannot be another's: we have not waited for it.
    const [state, , , , , , flags] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' || (Number(flags) & PF_EXITING) !== 0;
  } catch (error) {
    if (error.code === 'ESRCH') return true;
    if (error.code === 'ENOENT') return fs.existsSync('/proc/self/stat'); // without /proc the events' order must do
    throw error;
  }
}

/** Programs may close their input before they end, as `head` does. */
function hasLeft(subprocess, fd) {
  if (hasEnded(subprocess)) return true;
  try {
    fs.readlinkSync(`/proc/${subprocess.pid}/fd/${fd}`);
    return false;
  } catch (error) {
    if (error.code === 'ENOENT') return fs.existsSync('/proc/self/fd');
    if (error.code === 'EACCES') return false; // another user's: not for us to see
    throw error;
  }
}

module.exports = { isBrokenPipe, hasEnded, hasLeft };
