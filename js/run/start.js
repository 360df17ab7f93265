'use strict';
// The one way a child of run(), $, pipeline() and retry is started.

const { errno } = require('os').constants;
const errors = require('../errors');
const { release } = require('../held');
const { isShuttingDown } = require('../live');
const { Connections, pipesOf } = require('./connections');
const { Ending } = require('./end');
const { flagsOf } = require('./flags');
const { PIPE, giveAway, plan, planFds, spawning, withVariables } = require('./inside');
const { openInputs } = require('./input');
const { channelOf } = require('./ipc');
const { commandOf } = require('./options');
const { openOutputs, openTerminal } = require('./output');
const { Run } = require('./settle');
const { STATE } = require('./state');
const { Subprocess } = require('./methods');

const ENOENT = -errno.ENOENT;
const EACCES = -errno.EACCES;
const EAGAIN = -errno.EAGAIN;

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {object} settings of settingsOf()
 * @returns {Subprocess} also when it could not be started: its promise says why
 */
function start(file, args, settings) {
  return startIn(new Subprocess(), file, args, settings);
}

/** In a Subprocess that has not been started, or begins anew. */
function startIn(subprocess, file, args, settings) {
  const command = commandOf(file, args, settings);
  const run = new Run(subprocess, settings, command);
  Error.captureStackTrace(run.trace, startIn);
  subprocess[STATE] = run;
  if (settings.isVerbose) require('./verbose').watch(run);
  subprocess.spawnfile = command.file;
  subprocess.spawnargs = command.argv;
  const refusal = reasonNotToStart(settings);
  if (refusal !== null) refuse(run, refusal.reason, refusal.cause);
  else launch(run);
  return subprocess;
}

/** It has the streams that it would have had, at their ends. */
function refuse(run, reason, cause) {
  open(run, { __proto__: null, fds: pipesOf(run.settings.stdio), terminal: -1 }, null, null);
  run.notStarted(reason, cause);
}

/** refusal: what the pipeline that it belongs to has failed with. */
function reasonNotToStart({ signal, lifetime, refusal }) {
  if (refusal !== undefined) return { reason: 'notStarted', cause: refusal };
  if (signal?.aborted) return { reason: 'canceled', cause: signal.reason };
  if (lifetime === 'parent' && isShuttingDown()) return { reason: 'shutdown', cause: undefined };
  return null;
}

function launch(run) {
  const { subprocess, settings } = run;
  let connections;
  try {
    connections = new Connections(settings);
  } catch (error) {
    refuse(run, 'notStarted', error);
    return;
  }
  run.ending = new Ending(subprocess, settings, () => run.endedEarly());
  if (spawning.hasSubscribers) spawning.start.publish({ process: subprocess, options: run.command });
  const channel = settings.ipc ? channelOf(settings, settings.stdio.length, settings.stdio.length + 1) : null;
  const { ends, status } = spawn(run, connections, channel);
  connections.close();
  for (const { stream, handle } of connections.given) giveAway(stream, handle);
  if (status === 0) subprocess.pid = subprocess._handle.pid;
  open(run, connections, ends, channel);
  channel?.done();
  if (status === 0) {
    if (spawning.hasSubscribers) spawning.end.publish({ process: subprocess });
    process.nextTick(emitSpawn, subprocess);
    begin(run);
  } else {
    if (spawning.hasSubscribers) spawning.error.publish({ process: subprocess, error: new errors.ErrnoException(status, 'spawn') });
    run.ending = null;
    run.refused(status);
  }
}

/** @returns {{ ends: Int32Array | null, status: number }} ends: our ends of the pipes, by the child's fd */
function spawn({ subprocess, settings, command }, { fds }, channel) {
  let { environment } = settings;
  if (channel !== null) {
    environment = withVariables(environment, channel.variables);
    fds.push(PIPE, ...channel.inherited);
  }
  const { uid, gid, cwd } = settings;
  planFds(fds);
  const status = subprocess._handle.spawn(
    [command.file, command.argv.join('\0'), environment, cwd ?? null, flagsOf(settings), uid | 0, gid | 0],
    fds.length,
    'process',
    settings.limits,
  );
  // Copied: what runs while the streams are made (async_hooks) may start another child.
  const ends = hasEnds(status) ? plan().slice(2, 2 + fds.length) : null;
  if (ends !== null) for (let fd = 0; fd < fds.length; fd++) if (fds[fd] === PIPE) release(ends[fd]);
  return { ends, status };
}

/** Which failures leave ends of closed pipes behind, see Reactor.spawn(). */
function hasEnds(status) {
  return status === 0 || status === ENOENT || status === EACCES || status === EAGAIN;
}

function open(run, { fds, terminal }, ends, channel) {
  const { settings, subprocess } = run;
  if (settings.pty !== null) {
    openTerminal(run, terminal);
    return;
  }
  openInputs(run, fds, ends);
  openOutputs(run, fds, ends);
  if (channel !== null && ends !== null) {
    run.hold();
    const release = once(() => run.release());
    channel.setup(subprocess, ends[settings.stdio.length], release);
    // Of the end that comes from this side the above is not told.
    subprocess.once('disconnect', release);
  }
}

function once(action) {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

function begin(run) {
  const { settings, subprocess } = run;
  if (settings.lifetime === 'independent') {
    subprocess.unref();
    run.claim();
  }
  if (settings.ipcInput !== undefined) {
    subprocess.send(settings.ipcInput, (error) => {
      if (error) run.fail(error);
    });
  }
  run.ending.arm();
}

function emitSpawn(subprocess) {
  subprocess.emit('spawn');
}

module.exports = { start, startIn };
