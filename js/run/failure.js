'use strict';
// What the error of a command says.

const { lastLines } = require('./last-lines');
const { ProcessError, hidden } = require('./process-error');
const { resultOf } = require('./result');
const { signalDescription } = require('./signals');

/** An argument may be a whole program. `command` has all of it. */
const LONGEST_COMMAND = 2_000;

const CODES = {
  __proto__: null,
  exit: 'ERR_PROCS_EXIT',
  signal: 'ERR_PROCS_SIGNAL',
  timeout: 'ERR_PROCS_TIMEOUT',
  canceled: 'ERR_PROCS_CANCELED',
  maxBuffer: 'ERR_PROCS_MAX_BUFFER',
  killed: 'ERR_PROCS_KILLED',
  stream: 'ERR_PROCS_STREAM',
  shutdown: 'ERR_PROCS_SHUTDOWN',
  notStarted: 'ERR_PROCS_NOT_STARTED',
};

/** @param {import('./result').Facts} facts */
function failureOf(facts) {
  const { command, cause, reason } = facts;
  const result = resultOf(facts);
  result.failed = true;
  const originalMessage = cause === undefined ? undefined : messageOf(cause);
  const head = `${whatHappened(facts)}: ${cut(command.text)}`;
  const shortMessage = originalMessage === undefined ? head : `${head}\n${originalMessage}`;
  const said = lastLines(facts.settings.pty ? result.stdout : result.stderr, facts.settings.encoding);
  const message = said === '' ? shortMessage : `${shortMessage}\n\n${said}`;
  const code = reason === 'notStarted' && typeof cause?.code === 'string' ? cause.code : CODES[reason];
  const error = new ProcessError(message, { cause, shortMessage, originalMessage, code }, result);
  hidden(error, 'stack', `ProcessError: ${message}${callers(facts.trace)}`);
  return error;
}

/** The stack of the call: where the failure was noticed is always the same place, and tells nobody anything. */
function callers(trace) {
  // Somebody may have put a formatter of their own into Error.prepareStackTrace.
  const lines = typeof trace?.stack === 'string' ? trace.stack.split('\n') : [];
  const outside = lines.filter((line) => line.startsWith('    at ') && !line.includes(__dirname));
  return outside.length === 0 ? '' : `\n${outside.join('\n')}`;
}

function messageOf(cause) {
  if (cause === null || typeof cause !== 'object') return String(cause);
  return cause.originalMessage ?? cause.message ?? String(cause);
}

function cut(text) {
  return text.length > LONGEST_COMMAND ? `${text.slice(0, LONGEST_COMMAND)}… (${text.length} characters)` : text;
}

function whatHappened(facts) {
  const { settings, reason, exitCode, signal, cause } = facts;
  const forced = facts.forced ? ` and was forcefully terminated after ${settings.forceKillAfterDelay} ms` : '';
  switch (reason) {
    case 'notStarted':
      return `Command could not be started${typeof cause?.code === 'string' ? `: ${cause.code}` : ''}`;
    case 'timeout':
      return `Command timed out after ${settings.timeout} ms${forced}`;
    case 'canceled':
      return `Command was ${facts.graceful ? 'gracefully ' : ''}canceled${forced}`;
    case 'maxBuffer':
      return `Command's output on ${streamName(facts.overflowFd)} was longer than ${limitOf(facts)} bytes${forced}`;
    case 'stream':
      return `Command failed because of one of its streams${forced}`;
    case 'shutdown':
      return `Command was ended by shutdown()${forced}`;
  }
  if (signal) return `Command was killed with ${signal} (${signalDescription(signal) ?? 'no description'})${forced}`;
  return typeof exitCode === 'number' ? `Command failed with exit code ${exitCode}` : 'Command failed';
}

function streamName(fd) {
  return { 1: 'stdout', 2: 'stderr' }[fd] ?? `fd ${fd}`;
}

function limitOf({ settings, overflowFd }) {
  return settings.maxBuffer(overflowFd);
}

module.exports = { failureOf };
