'use strict';
// The option `verbose`: a line when a command starts and one when it ends, on stderr. 'full' shows what it says as well.

const { lineSplitter } = require('./lines');
const { showLine } = require('./quote');

const ORDER = ['none', 'short', 'full'];
const ICONS = { __proto__: null, command: '$', output: ' ', success: '✔', failure: '✘', warning: '⚠' };

let count = 0;
/** Number and settings of those that are being shown. */
const shown = new WeakMap();

/** From its start to its end. */
function watch(run) {
  started(run);
  const { settings } = run;
  // When its streams are there, and before anything can have come.
  process.nextTick(() => {
    for (let fd = 1; fd < settings.stdio.length; fd++) if (showsOutput(settings, fd)) showLines(run, fd);
  });
  run.outcome.then(({ result, error }) => ended(run, error ?? result));
}

/** Of the whole command: the most that is asked for any of its streams. A function is more than everything else. */
function levelOf({ verbose, stdio }) {
  let most = 'none';
  for (let fd = 1; fd < Math.max(3, stdio.length); fd++) {
    const level = verbose(fd);
    if (typeof level === 'function') return level;
    if (ORDER.indexOf(level) > ORDER.indexOf(most)) most = level;
  }
  return most;
}

/** @param {{ settings: object, command: object }} run */
function started(run) {
  const id = String(count++);
  shown.set(run, id);
  say(run, levelOf(run.settings), { type: 'command', icon: ICONS.command, message: run.command.text });
}

/** @param {object} result a Result or a ProcessError */
function ended(run, result) {
  const took = `(done in ${durationText(result.durationMs)})`;
  if (!result.failed) {
    say(run, levelOf(run.settings), { type: 'duration', icon: ICONS.success, message: took, result });
    return;
  }
  const [what] = (result.shortMessage ?? 'Command failed').split('\n', 1);
  const icon = run.settings.reject ? ICONS.failure : ICONS.warning;
  say(run, levelOf(run.settings), { type: 'error', icon, message: `${what} ${took}`, result });
}

/** What comes out of `fd`, line by line. */
function showLines(run, fd) {
  const { settings } = run;
  const output = run.outputs[fd];
  if (output === undefined || output.isOver) return;
  const splitter = lineSplitter(settings.encoding === 'utf16le' ? 'utf16le' : 'utf8', false);
  const show = (lines) => {
    for (const line of lines) say(run, settings.verbose(fd), { type: 'output', icon: ICONS.output, message: line });
  };
  output.attach({
    take(chunk) {
      show(splitter.take(chunk));
      return true;
    },
    end() {
      show(splitter.end());
    },
  });
}

/** Whether the lines of `fd` are shown while they come. Bytes are not. */
function showsOutput({ verbose, encoding }, fd) {
  const level = verbose(fd);
  return (level === 'full' || typeof level === 'function') && (encoding === 'utf8' || encoding === 'utf16le');
}

function say(run, level, { type, icon, message, result }) {
  const timestamp = new Date();
  const commandId = shown.get(run);
  const line = `[${timeText(timestamp)}] [${commandId}] ${icon} ${showLine(message)}`;
  const printed = typeof level === 'function' ? level(line, aboutLine()) : line;
  if (typeof printed === 'string') process.stderr.write(printed.endsWith('\n') ? printed : `${printed}\n`);

  function aboutLine() {
    return { __proto__: null, type, message, command: run.command.text, commandId, timestamp, result };
  }
}

/** Local time, to the millisecond. */
function timeText(date) {
  const two = (number) => String(number).padStart(2, '0');
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

function durationText(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

module.exports = { watch, started, ended };
