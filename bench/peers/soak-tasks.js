'use strict';
// The tasks of bench/soak-pool.js.

module.exports = {
  add: ({ a, b }) => a + b,
  echo: (value) => value,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  progress: async (steps, { progress }) => {
    for (let step = 0; step < steps; step++) progress(step);
    return steps;
  },
  fail: (message) => {
    throw new RangeError(message);
  },
  /** Ends when nobody wants it any more. */
  patient: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  never: () => new Promise(() => {}),
  exit: (code) => process.exit(code),
};
