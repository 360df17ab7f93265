'use strict';
// What options mean together: those that exclude one another, need one another, or cannot be had synchronously.

const { ERR_INVALID_ARG_VALUE } = require('./checks');
const { refuseUnopened } = require('./fd-form');

const FD_FORMS = ['lines', 'stripFinalNewline', 'maxBuffer', 'buffer', 'verbose'];

/** Nothing of these can happen while JavaScript waits. */
const NEVER_SYNC = ['signal', 'cancelSignal', 'ipcInput', 'pty'];
const NOT_TRUE_IN_SYNC = ['ipc', 'detached', 'gracefulCancel'];

/** What a terminal takes the place of. */
const NOT_WITH_PTY = ['stdin', 'stdout', 'stderr', 'stdio', 'all', 'ipc', 'ipcInput', 'gracefulCancel', 'input', 'inputFile'];

/** What only makes sense for a child that is waited for. */
const NOT_INDEPENDENT = ['input', 'inputFile', 'timeout', 'signal', 'cancelSignal', 'ipc', 'ipcInput', 'gracefulCancel', 'pty', 'retry'];

/** @param {object} given options that were given, each checked by itself */
function refuseCombinations(given, stdio, { sync, name }) {
  refuseInEnvironment(given);
  refuseInEnds(given);
  refuseInMessages(given);
  if (given.pty) exclude(given, 'pty', NOT_WITH_PTY);
  if (given.lifetime === 'independent') refuseForIndependent(given, stdio);
  if (sync) refuseSync(given, name);
  if (given.retry !== undefined) refuseOneShot(given, stdio);
  for (const option of FD_FORMS) if (given[option] !== undefined) refuseUnopened(given[option], `options.${option}`, stdio.length);
}

function refuseInEnvironment(given) {
  if (given.extendEnv === false) exclude(given, 'envAllow', ['extendEnv']);
  if (given.shell && given.node === true) exclude(given, 'shell', ['node']);
  if (given.resourceLimits?.v8.length > 0 && given.node !== true) {
    throw new ERR_INVALID_ARG_VALUE('options.resourceLimits', given.resourceLimits.v8, "limits of V8's are for node: true");
  }
}

function refuseInEnds(given) {
  const { signal, cancelSignal } = given;
  if (signal !== undefined && cancelSignal !== undefined && signal !== cancelSignal) exclude(given, 'cancelSignal', ['signal']);
  if (given.cleanup === false && given.lifetime === 'parent') exclude(given, 'cleanup', ['lifetime']);
  if (given.detached === false && given.lifetime === 'independent') exclude(given, 'detached', ['lifetime']);
  if (given.waitFor === 'close') exclude(given, 'drainTimeout', ['waitFor']);
}

function refuseInMessages(given) {
  if (given.ipc === false) exclude(given, 'ipc', ['ipcInput', 'gracefulCancel']);
  if (given.gracefulCancel === true && given.serialization !== 'advanced') exclude(given, 'serialization', ['gracefulCancel']);
  if (given.transport !== undefined) refuseFast(given);
  if (given.channel !== undefined && given.serialization !== 'structured') {
    throw new ERR_INVALID_ARG_VALUE('options.channel', given.channel, "needs serialization: 'structured'");
  }
}

/** It is for scripts that use process.send(). */
function refuseFast(given) {
  const refuse = (reason) => {
    throw new ERR_INVALID_ARG_VALUE('options.transport', given.transport, reason);
  };
  if (given.node !== true) refuse('needs node: true');
  if (given.ipc === false || given.serialization === 'structured')
    refuse("is for the channel of Node's own, with serialization 'json' or 'advanced'");
}

function refuseForIndependent(given, stdio) {
  exclude(given, 'lifetime', NOT_INDEPENDENT);
  stdio.forEach((targets, fd) => {
    if (targets.every(({ kind }) => kind === 'ignore' || kind === 'inherit' || kind === 'fd' || kind === 'file') && targets.length === 1)
      return;
    const option = given.stdio === undefined ? ['stdin', 'stdout', 'stderr'][fd] : 'stdio';
    const reason =
      "cannot be used with 'options.lifetime': such a child has nobody at the other end. Use 'ignore', a file or a file descriptor";
    throw new ERR_INVALID_ARG_VALUE(`options.${option}`, given[option], reason);
  });
}

function refuseSync(given, name) {
  const refuse = (option) => {
    throw new ERR_INVALID_ARG_VALUE(`options.${option}`, given[option], `cannot be used with ${name}()`);
  };
  for (const option of NEVER_SYNC) if (given[option] !== undefined && given[option] !== null) refuse(option);
  for (const option of NOT_TRUE_IN_SYNC) if (given[option] === true) refuse(option);
  if (given.lifetime === 'independent') refuse('lifetime');
  if (given.waitFor === 'tree') refuse('waitFor');
  if (given.retry !== undefined) refuse('retry');
}

/** What an attempt has read is gone for the next one. */
function refuseOneShot(given, stdio) {
  for (const targets of stdio) {
    for (const { kind, value } of targets) {
      const again = kind !== 'nodeStream' && kind !== 'webStream' && !(kind === 'iterable' && isOneShot(value));
      if (again) continue;
      throw new ERR_INVALID_ARG_VALUE('options.retry', given.retry, 'cannot be used with a stream: it cannot be read or written twice');
    }
  }
}

/** Generators give themselves when they are asked for an iterator. Async iterables are asked nothing before they are used. */
function isOneShot(value) {
  return value[Symbol.iterator] === undefined || typeof value.next === 'function';
}

function exclude(given, option, others) {
  if (given[option] === undefined) return;
  for (const other of others) {
    if (given[other] === undefined || given[other] === null || (given[other] === false && option !== 'ipc' && other !== 'extendEnv'))
      continue;
    throw new ERR_INVALID_ARG_VALUE(`options.${option}`, given[option], `cannot be used with 'options.${other}'`);
  }
}

module.exports = { refuseCombinations };
