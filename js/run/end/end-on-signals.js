'use strict';
// What an application does that ends its children before it is ended by a signal.

const { constants } = require('os');
const { isMainThread } = require('worker_threads');
const { codes } = require('../../errors');

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** What is said of a child that was ended, and of a task whose pool was. */
const ENDED = ['ERR_PROCS_SHUTDOWN', 'ERR_PROCS_POOL_CLOSED'];

/** Ctrl-C comes twice from `npm run`: the terminal sends it to everybody, and npm passes its own on. That is no second wish. */
const ECHO = 300;

/**
 * The first signal ends the children, then this process; a second one does both at once.
 * @param {() => Promise<unknown>} end
 * @param {() => void} endNow
 * @returns {{ dispose(): void }} takes the handlers away
 */
function endOnSignals(end, endNow) {
  // A Worker gets no signals: the listeners would be deaf.
  if (!isMainThread) throw new codes.ERR_INVALID_ARG_VALUE('options.handleSignals', true, 'cannot be used in a Worker');
  let first = null;
  let since;

  function onSignal(name) {
    if (first === null) {
      first = name;
      since = performance.now();
      process.on('uncaughtException', onException);
      end().then(() => leave(name));
    } else if (name !== first || performance.now() - since > ECHO) {
      endNow();
      leave(name);
    }
  }

  function dispose() {
    for (const name of SIGNALS) process.off(name, onSignal);
    process.off('uncaughtException', onException);
  }

  function leave(name) {
    dispose();
    process.once('exit', () => raise(name));
    // Where nobody is ended by signals, as the first process of a container, it is what a shell would say.
    process.exit(128 + constants.signals[name]);
  }

  for (const name of SIGNALS) process.on(name, onSignal);
  const handlers = { dispose };
  if (Symbol.dispose) handlers[Symbol.dispose] = dispose;
  return handlers;
}

/**
 * Who awaits a child that is ended here, without minding a failure, is not to crash the process and so take their time from the others.
 * Not 'unhandledRejection': a module that awaits at its top level does not come by there.
 */
function onException(error) {
  if (ENDED.includes(error?.code) || process.listenerCount('uncaughtException') > 1) return;
  process.off('uncaughtException', onException);
  // As if nobody had listened.
  process.nextTick(() => {
    throw error;
  });
}

/**
 * Last of all in 'exit', so that the listeners before it have run: whoever started this process is to see that it was the signal.
 * A shell, for one, ends its script then, and goes on after an exit code of 130.
 */
function raise(name) {
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}

module.exports = { endOnSignals };
