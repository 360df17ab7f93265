'use strict';
// What is left of a 10 ms timer while children are always in flight and each exit starts the next one.

const { keepInFlight } = require('../lib/in-flight');
const { measured } = require('../lib/measured');

const PROGRAM = '/bin/true';
const INTERVAL = 10;

async function missedTicks({ spawn }, inFlight, stdio, milliseconds) {
  const begin = performance.now();
  let ticks = 0;
  let last = begin;
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    ticks++;
    longest = Math.max(longest, now - last);
    last = now;
  }, INTERVAL);

  let elapsed;
  let seen;
  const ended = await keepInFlight({
    count: inFlight,
    start: () => spawn(PROGRAM, [], { stdio }),
    enough() {
      const now = performance.now();
      if (now - begin < milliseconds) return false;
      // Taken once, before the last children are waited for: by then nothing competes with the timer any more.
      if (elapsed === undefined) {
        elapsed = now - begin;
        seen = ticks;
        longest = Math.max(longest, now - last);
      }
      return true;
    },
    end: 'exit',
  });
  clearInterval(timer);
  const expected = Math.floor(elapsed / INTERVAL);
  return { missed: Math.max(0, 1 - seen / expected) * 100, longest, ended };
}

/** The same timer with nothing to compete with: it re-arms itself after each tick, so it drifts by what each tick came late. */
async function idleMissedTicks(milliseconds) {
  const begin = performance.now();
  let ticks = 0;
  const timer = setInterval(() => ticks++, INTERVAL);
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
  clearInterval(timer);
  return Math.max(0, 1 - ticks / Math.floor((performance.now() - begin) / INTERVAL)) * 100;
}

measured(async (subject, { milliseconds }) => {
  const result = { idle: await idleMissedTicks(milliseconds) };
  for (const stdio of ['pipe', 'ignore']) {
    for (const inFlight of [8, 32]) {
      const { missed, longest } = await missedTicks(subject, inFlight, stdio, milliseconds);
      result[`${stdio}-${inFlight}`] = missed;
      result[`${stdio}-${inFlight}-longest`] = longest;
    }
  }
  return result;
});
