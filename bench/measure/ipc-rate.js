'use strict';
// Messages per second between two ends, one way: to the other end, or from it.

const { subjects } = require('../lib/ipc/ends');
const { measure } = require('../lib/ipc/measure');
const { hearMany, sendMany } = require('../lib/ipc/roles');

function oneMessage(end, state) {
  end.onMessage((message) => state.heard(message));
}

async function main({ subject, direction, count, warmup, ...what }) {
  const { end, stop } = await subjects[subject].start(what);
  const state = { heard: undefined };
  oneMessage(end, state);
  const { payload, burst, alloc = false, release = false } = what;
  let wall;
  if (direction === 'to') {
    await end.last({ role: 'sink', series: [warmup, count], payload, release });
    for (const series of [warmup, count]) {
      const done = new Promise((resolve) => {
        state.heard = resolve;
      });
      const begin = performance.now();
      await sendMany(end, { payload, count: series, burst, alloc });
      await done;
      wall = performance.now() - begin;
    }
  } else {
    await end.last({ role: 'source', payload, burst, alloc });
    for (const series of [warmup, count]) {
      let begin;
      // From the first to the last: the way there is not part of it.
      const done = new Promise((resolve) => {
        const hear = hearMany(end, { payload, count: series, release }, resolve);
        state.heard = (message) => {
          begin ??= performance.now();
          hear(message);
        };
      });
      await end.last(series);
      await done;
      wall = performance.now() - begin;
    }
  }
  await stop();
  return { rate: (count / wall) * 1000 };
}

measure(main);
