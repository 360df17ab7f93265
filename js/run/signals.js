'use strict';
// The signals of this platform: number, what becomes of a process that does nothing about it, and what they are for.

const { constants } = require('os');

const TERMINATE = 'terminate';
const CORE = 'core';
const STOP = 'stop';
const CONTINUE = 'continue';
const IGNORE = 'ignore';

/** [default action, description]. Those of this platform are taken from it. */
const KNOWN = {
  __proto__: null,
  SIGHUP: [TERMINATE, 'Terminal closed'],
  SIGINT: [TERMINATE, 'User interruption with CTRL-C'],
  SIGQUIT: [CORE, 'User interruption with CTRL-\\'],
  SIGILL: [CORE, 'Invalid machine instruction'],
  SIGTRAP: [CORE, 'Debugger breakpoint'],
  SIGABRT: [CORE, 'Aborted'],
  SIGIOT: [CORE, 'Aborted'],
  SIGBUS: [CORE, 'Bus error due to misaligned, non-existing address or paging error'],
  SIGEMT: [TERMINATE, 'Command should be emulated but is not implemented'],
  SIGFPE: [CORE, 'Floating point arithmetic error'],
  SIGKILL: [TERMINATE, 'Forced termination'],
  SIGUSR1: [TERMINATE, 'Application-specific signal'],
  SIGSEGV: [CORE, 'Segmentation fault'],
  SIGUSR2: [TERMINATE, 'Application-specific signal'],
  SIGPIPE: [TERMINATE, 'Broken pipe or socket'],
  SIGALRM: [TERMINATE, 'Timeout or timer'],
  SIGTERM: [TERMINATE, 'Termination'],
  SIGSTKFLT: [TERMINATE, 'Stack is empty or overflowed'],
  SIGCHLD: [IGNORE, 'Child process terminated, paused or unpaused'],
  SIGCONT: [CONTINUE, 'Unpaused'],
  SIGSTOP: [STOP, 'Paused'],
  SIGTSTP: [STOP, 'Paused using CTRL-Z or "suspend"'],
  SIGTTIN: [STOP, 'Background process cannot read terminal input'],
  SIGTTOU: [STOP, 'Background process cannot write to terminal output'],
  SIGURG: [IGNORE, 'Socket received out-of-band data'],
  SIGXCPU: [CORE, 'Process timed out'],
  SIGXFSZ: [CORE, 'File too big'],
  SIGVTALRM: [TERMINATE, 'Timeout or timer'],
  SIGPROF: [TERMINATE, 'Timeout or timer'],
  SIGWINCH: [IGNORE, 'Terminal window size changed'],
  // On macOS nothing happens unless it is asked for.
  SIGIO: [process.platform === 'linux' ? TERMINATE : IGNORE, 'I/O is available'],
  SIGPOLL: [TERMINATE, 'I/O is available'],
  SIGINFO: [IGNORE, 'Request for process information'],
  SIGPWR: [TERMINATE, 'Device running out of power'],
  SIGSYS: [CORE, 'Invalid system call'],
};

/** Neither caught nor ignored by any process. */
const FORCED = new Set(['SIGKILL', 'SIGSTOP']);

/** @type {Readonly<Record<string, Readonly<{ number: number, action: string, description: string, forced: boolean }>>>} */
const signals = Object.freeze(
  Object.entries(constants.signals).reduce(
    (all, [name, number]) => {
      const [action, description] = KNOWN[name] ?? [TERMINATE, 'Signal of this platform'];
      all[name] = Object.freeze({ number, action, description, forced: FORCED.has(name) });
      return all;
    },
    { __proto__: null },
  ),
);

/** @returns {string | undefined} 'Termination' for 'SIGTERM' */
function signalDescription(name) {
  return signals[name]?.description;
}

module.exports = { signals, signalDescription };
