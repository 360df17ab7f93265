'use strict';
// runSync(): run(), while JavaScript waits.

const { aboutToBlock } = require('../blocking');
const errors = require('../errors');
const { native } = require('../native');
const { emptyUsage } = require('../reactor');
const { nameOfEnd } = require('./name-of-end');
const { cwdProblem } = require('./directory');
const { PIPE, joinStrings, planFds } = require('./inside');
const { callOf, commandOf, settingsOf } = require('./options');
const { failureOf } = require('./failure');
const { resultOf, isFailure } = require('./result');
const { flagsOf } = require('./flags');
const { Connections } = require('./sync/connections');
const { wholeInput } = require('./sync/input');
const { allOf, valuesOf } = require('./sync/outputs');
const verbose = require('./verbose');

const KIND = Object.freeze({ __proto__: null, sync: true, name: 'runSync' });

function runSync(...given) {
  const { file, args, options } = callOf(given, KIND.name);
  return runCommandSync(file, args, settingsOf(options, KIND));
}

function runCommandSync(file, args, settings) {
  const command = commandOf(file, args, settings);
  const run = { __proto__: null, settings, command, startedAt: performance.now() };
  if (settings.isVerbose) verbose.started(run);
  const facts = { __proto__: null, ...outcomeOf(run), settings, command, durationMs: performance.now() - run.startedAt };
  if (isFailure(facts)) Error.captureStackTrace((facts.trace = {}), runCommandSync);
  const error = isFailure(facts) ? failureOf(facts) : null;
  if (settings.isVerbose) verbose.ended(run, error ?? resultOf(facts));
  if (error !== null && settings.reject) throw error;
  return resultOf(facts);
}

/** @returns {Partial<import('./result').Facts>} */
function outcomeOf({ settings, command }) {
  const problem = cwdProblem(settings);
  if (problem !== null) return notStarted(problem);
  let connections;
  let input = null;
  try {
    connections = new Connections(settings);
    // What the child has as its own is not read here.
    if (connections.fds[0] === PIPE) input = wholeInput(settings.stdio[0]);
  } catch (error) {
    connections?.close();
    if (error.syscall === undefined) throw error;
    return notStarted(error);
  }
  const usage = emptyUsage();
  let told;
  try {
    told = block(settings, command, connections.fds, input, usage);
  } finally {
    connections.close();
  }
  if (told.error !== 0) return notStarted(spawnError(told.error, command));
  return factsOf(told, settings, connections, usage);
}

function block(settings, command, fds, input, usage) {
  const limits = Float64Array.from(fds, (_, fd) => settings.maxBuffer(fd));
  const { cwd, environment, uid, gid, timeout, killSignal, forceKillAfterDelay, drainTimeout } = settings;
  const io = planFds(fds);
  aboutToBlock();
  return native().runSync(
    command.file,
    joinStrings(command.argv, 'args'),
    environment,
    cwd ?? null,
    flagsOf(settings),
    uid ?? 0,
    gid ?? 0,
    io,
    fds.length,
    input,
    timeout,
    limits,
    killSignal,
    forceKillAfterDelay === Infinity ? -1 : forceKillAfterDelay,
    drainTimeout === Infinity ? -1 : drainTimeout,
    usage,
    settings.limits,
  );
}

function factsOf(told, settings, connections, usage) {
  const { output, overflow } = told;
  const facts = {
    __proto__: null,
    pid: told.pid,
    stdio: [undefined, undefined, undefined],
    all: undefined,
    exitCode: told.status,
    signal: told.signal === null ? undefined : nameOfEnd(told.signal),
    reason: reasonOf(told),
    forced: told.forced,
    overflowFd: overflow,
    heldOpen: connections.fds.map((_, fd) => fd).filter((fd) => (told.heldOpen & (1 << fd)) !== 0),
    usage,
    tree: told.tree === null ? null : JSON.parse(told.tree),
  };
  try {
    facts.stdio = valuesOf(output, connections, settings, overflow);
    if (settings.all) facts.all = allOf(output, told.order, connections, settings, overflow);
    connections.deliver(output);
  } catch (error) {
    // Text that is longer than a string can be, or a destination that does not take it.
    if (facts.reason === 'exit') facts.reason = 'stream';
    facts.cause = error;
  }
  return facts;
}

function reasonOf({ timedOut, overflow, signal }) {
  if (timedOut) return 'timeout';
  if (overflow !== -1) return 'maxBuffer';
  return signal === null ? 'exit' : 'signal';
}

function notStarted(cause) {
  return { __proto__: null, reason: 'notStarted', cause, stdio: [undefined, undefined, undefined] };
}

function spawnError(status, command) {
  const error = new errors.ErrnoException(status, `spawn ${command.file}`);
  error.path = command.file;
  error.spawnargs = command.argv.slice(1);
  return error;
}

module.exports = { runSync, runCommandSync };
