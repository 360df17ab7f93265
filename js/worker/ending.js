'use strict';
// How a worker ends: because it is told to, because its pool is gone, or by what its program does.

const NOBODY_IS_LEFT = 1;

/** @param {import('./outgoing').Outgoing} outgoing */
function ending(outgoing) {
  /** What nobody has caught, if that is what ends this process. */
  let uncaught = null;
  let isOver = false;
  process.on('uncaughtExceptionMonitor', (error) => {
    uncaught = { error };
    // The program may have a listener that goes on.
    setImmediate(() => {
      uncaught = null;
    }).unref();
  });
  // Answers are out. What is still gathered, and why it has come to this, goes now.
  process.on('exit', () => {
    if (uncaught !== null) outgoing.sayGoodbye(uncaught.error);
    outgoing.ring();
  });
  return {
    /** The pool has said goodbye: all that it wanted is answered. */
    bye() {
      isOver = true;
      if (!outgoing.isBusy) process.exit();
    },
    /** All that was said is out. */
    idle() {
      if (isOver) process.exit();
    },
    /** The pool is gone without a word. */
    orphaned: () => process.exit(NOBODY_IS_LEFT),
    /** It says what this worker does not understand. */
    fault(error) {
      outgoing.sayGoodbye(error);
      process.exit(NOBODY_IS_LEFT);
    },
  };
}

module.exports = { ending };
