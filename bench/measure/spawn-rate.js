'use strict';
// Children per second with pipes, from spawn() to 'close': one at a time, and 32 at once.

const { growTo } = require('../lib/ballast');
const { keepInFlight } = require('../lib/in-flight');
const { measured } = require('../lib/measured');

const PROGRAM = '/bin/true';

async function rate({ spawn }, inFlight, milliseconds) {
  const begin = performance.now();
  const ended = await keepInFlight({
    count: inFlight,
    start: () => spawn(PROGRAM),
    enough: () => performance.now() - begin >= milliseconds,
  });
  return (ended / (performance.now() - begin)) * 1000;
}

measured(async (subject, { resident, milliseconds }) => {
  await rate(subject, 1, Math.min(milliseconds, 200));
  growTo(resident);
  return {
    'rate-1': await rate(subject, 1, milliseconds),
    'rate-32': await rate(subject, 32, milliseconds),
  };
});
