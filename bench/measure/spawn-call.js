'use strict';
// How long spawn() itself keeps the JavaScript thread, in microseconds: one child at a time, and with 8 in flight,
// where the call also competes with children that are starting and ending.

const { growTo } = require('../lib/ballast');
const { keepInFlight } = require('../lib/in-flight');
const { measured } = require('../lib/measured');
const { median } = require('../lib/stats');

const PROGRAM = '/bin/true';

/** Calls until `calls` of them, or until `milliseconds` have gone: with 4 GB resident stock needs 0.2 s for each. */
async function timeCalls({ spawn }, options, inFlight, calls, milliseconds) {
  const deadline = performance.now() + milliseconds;
  const times = [];
  await keepInFlight({
    count: inFlight,
    start() {
      const before = performance.now();
      const child = spawn(PROGRAM, [], options);
      times.push((performance.now() - before) * 1000);
      return child;
    },
    enough: () => times.length >= calls || performance.now() >= deadline,
  });
  return median(times);
}

measured(async (subject, { resident, calls, milliseconds }) => {
  const plans = [
    ['pipe-1', { stdio: 'pipe' }, 1],
    ['pipe-8', { stdio: 'pipe' }, 8],
    ['ignore-1', { stdio: 'ignore' }, 1],
    ['ignore-8', { stdio: 'ignore' }, 8],
  ];
  // Warm while small: otherwise the warm-up costs stock more than the measurement.
  for (const [, options, inFlight] of plans) await timeCalls(subject, options, inFlight, 50, milliseconds);
  growTo(resident);

  const result = {};
  for (const [key, options, inFlight] of plans) result[key] = await timeCalls(subject, options, inFlight, calls, milliseconds);
  return result;
});
