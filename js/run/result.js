'use strict';
// What became of a command, as `await` gives it.

const { signalDescription } = require('./signals');

/** Places in `usage`, see Usage in native.d.ts. */
const MAX_RSS = 2;

/**
 * @typedef {object} Facts of a command that is over
 * @property {object} settings
 * @property {{ name: string, args: readonly string[], text: string }} command
 * @property {number | undefined} pid undefined: it was not started
 * @property {any[]} stdio what was collected, by fd; undefined where nothing was
 * @property {any} all
 * @property {number | null | undefined} exitCode
 * @property {string | null | undefined} signal its name
 * @property {number} durationMs
 * @property {string} reason how it came to its end: 'exit', 'signal', 'timeout', 'canceled', 'maxBuffer', 'killed', 'stream', 'shutdown' or 'notStarted'
 * @property {any} [cause]
 * @property {boolean} [forced] whether SIGKILL had to follow
 * @property {boolean} [graceful] whether it was asked through its AbortSignal first
 * @property {number} [overflowFd] of the stream that was longer than maxBuffer
 * @property {number[]} [heldOpen] fds that somebody else had still open
 * @property {Float64Array | null} [usage]
 * @property {object | null} [tree] the TreeReport
 * @property {number} [attempts]
 */

/** Whether it counts as failed. Who was asked to end and then ended well has not failed. */
function isFailure({ reason, exitCode, cause }) {
  if (reason === 'exit' || reason === 'killed' || reason === 'shutdown') return exitCode !== 0 || cause !== undefined;
  return true;
}

/**
 * All fields are always there, `undefined` where there is nothing to say.
 * @param {Facts} facts
 */
function resultOf(facts) {
  const { settings, command, stdio, reason } = facts;
  const signal = facts.signal ?? undefined;
  const heldOpen = facts.heldOpen ?? [];
  return {
    command: command.text,
    file: command.name,
    args: command.args,
    cwd: settings.directory,
    pid: facts.pid,
    stdout: stdio[1],
    stderr: stdio[2],
    all: facts.all,
    stdio,
    exitCode: facts.exitCode ?? undefined,
    signal,
    signalDescription: signal && signalDescription(signal),
    durationMs: facts.durationMs,
    failed: isFailure(facts),
    exitReason: reason,
    timedOut: reason === 'timeout',
    isCanceled: reason === 'canceled',
    isGracefullyCanceled: reason === 'canceled' && facts.graceful === true,
    isMaxBuffer: reason === 'maxBuffer',
    isKilled: reason === 'killed',
    isTerminated: signal !== undefined,
    isForcefullyTerminated: facts.forced === true,
    stdoutHeldOpen: heldOpen.includes(1),
    stderrHeldOpen: heldOpen.includes(2),
    resourceUsage: facts.usage ? resourceUsage(facts.usage) : undefined,
    tree: facts.tree ?? undefined,
    attempts: facts.attempts ?? 1,
    pipedFrom: [],
  };
}

/** Under the names of process.resourceUsage(). Times in microseconds, as there; maxRSS in bytes. */
function resourceUsage(usage) {
  return {
    userCPUTime: usage[0],
    systemCPUTime: usage[1],
    // The kernel counts in what this process had when it started the child: below that nothing is known.
    maxRSS: usage[MAX_RSS] === 0 ? undefined : usage[MAX_RSS],
    minorPageFault: usage[3],
    majorPageFault: usage[4],
    fsRead: usage[5],
    fsWrite: usage[6],
    voluntaryContextSwitches: usage[7],
    involuntaryContextSwitches: usage[8],
  };
}

module.exports = { resultOf, isFailure };
