'use strict';
// Ends all that this process has started, for an application that is about to end.

const { setTimeout, clearTimeout } = require('timers');
const { beginShutdown, endShutdown, liveChildren, livePools } = require('../../live');
const { codes } = require('../../errors');
const { LONGEST_TIMER } = require('../../longest-timer');
const { validateObject, validateBoolean, validateInteger, signalNumber } = require('../../validate');
const { Ending } = require('./ending');
const { endOnSignals } = require('./end-on-signals');
const { STATE } = require('../state');

const TIMEOUT = 5_000;
const LAST_OUTPUT = 500;
const NAMES = ['signal', 'timeout', 'handleSignals'];

/** What a child of the drop-in is ended by; signal and time are shutdown's own. */
const DROP_IN = Object.freeze({ __proto__: null, killMode: 'tree', killSignal: signalNumber('SIGTERM'), forceKillAfterDelay: TIMEOUT });

/**
 * Without `handleSignals`: ends all children now, all at once. With it: does so when this process gets SIGTERM, SIGINT or SIGHUP, and then
 * ends this process.
 * @returns {Promise<object[]> | { dispose(): void }} what each child did; or what takes the handlers away again
 */
function shutdown(options) {
  const { signal, timeout, handleSignals } = checked(options);
  const end = () => endAll(signal, timeout);
  return handleSignals ? endOnSignals(end, killAll) : end();
}

function checked(options = { __proto__: null }) {
  validateObject(options, 'options');
  for (const name of Object.keys(options)) {
    if (NAMES.includes(name)) continue;
    throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}`, options[name], `is not an option of shutdown()`);
  }
  const { signal = 'SIGTERM', timeout = TIMEOUT, handleSignals = false } = options;
  validateInteger(timeout, 'options.timeout', 0, LONGEST_TIMER);
  validateBoolean(handleSignals, 'options.handleSignals');
  return { signal: signalNumber(signal), timeout, handleSignals };
}

async function endAll(signal, timeout) {
  beginShutdown();
  try {
    const children = liveChildren().map((child) => endOne(child, signal, timeout));
    const pools = livePools().map((pool) => pool.shutdown(timeout));
    return (await Promise.all([...children, ...pools])).flat();
  } finally {
    endShutdown();
  }
}

/** Settles when the child and its tree are gone, or what could not be ended is known. */
async function endOne(child, signal, timeout) {
  const ending = endingOf(child);
  const { pid } = child;
  const exit = whenExited(child);
  child[STATE]?.claim();
  ending.end('shutdown', { __proto__: null, signal, forceKillAfterDelay: timeout });
  await exit;
  await ending.gone;
  await settled(child);
  const { exitCode, signalCode } = child;
  return { pid, command: commandOf(child), exitCode, signal: signalCode, forced: ending.forced, tree: ending.treeReport };
}

/** Whoever waits for the result has it before the process may end. What holds its output open now is not ours, and is not waited for. */
async function settled(child) {
  const state = child[STATE];
  if (state === undefined) return;
  let timer;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, LAST_OUTPUT);
  });
  await Promise.race([state.outcome, patience]);
  clearTimeout(timer);
}

function whenExited(child) {
  if (child._handle === null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', resolve);
    // Without 'exit' if it turned out not to be a program.
    child.once('close', resolve);
  });
}

function killAll() {
  for (const child of liveChildren()) endingOf(child).killNow();
}

/** Children of run() have one; others, which are in the list because of their `lifetime`, get one now. */
function endingOf(child) {
  const state = child[STATE];
  if (state !== undefined) return state.ending;
  const ending = new Ending(child, DROP_IN);
  ending.arm();
  child.once('exit', () => {
    ending.exited();
    ending.settled();
  });
  return ending;
}

/** A command line as far as it is known: for a person. */
function commandOf(child) {
  return child[STATE]?.command.text ?? child.spawnargs.join(' ');
}

module.exports = { shutdown };
