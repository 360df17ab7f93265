'use strict';
// What starting a child costs: JavaScript-thread time per spawn() call, and children per second, in a small and in a
// large process; beside child_process, and beside a C program that loops posix_spawn.

const { runBench } = require('./lib/bench');
const { compile } = require('./lib/compile');
const { runProgram } = require('./lib/fresh');
const { availableMemory } = require('./lib/machine');

const MB = 1024 * 1024;

/** A measuring process and, for an instant, its fork's page tables; and something must be left for the machine. */
function tooLarge(resident) {
  return availableMemory() < resident * 1.25 + 512 * MB ? `needs ${Math.round(resident / MB)} MB of memory` : undefined;
}

function callGroup(name, resident, calls, milliseconds, atMost) {
  const figure = (text, key) => ({
    name: `spawn() call, ${text}, ${name}`,
    unit: 'us',
    key,
    compare: 'ratio',
    peer: 'stock',
    target: { atMost },
  });
  return {
    measure: 'spawn-call',
    parameters: { resident, calls, milliseconds },
    skipped: tooLarge(resident),
    figures: [
      figure('pipes', 'pipe-1'),
      figure('pipes, 8 in flight', 'pipe-8'),
      figure('ignore', 'ignore-1'),
      figure('ignore, 8 in flight', 'ignore-8'),
    ],
  };
}

function rateGroup(name, resident, milliseconds, atLeast, posixSpawn) {
  const figure = (text, key, peer, target) => ({
    name: `rate with pipes, ${text}, ${name}`,
    unit: '/s',
    key,
    compare: 'ratio',
    peer,
    target,
    unless: posixSpawn.skipped,
  });
  const loop = (pipes) => () => runProgram(posixSpawn.program, [pipes, String(milliseconds), String(resident)]);
  return {
    measure: 'spawn-rate',
    parameters: { resident, milliseconds },
    subjects: posixSpawn.skipped ? {} : { 'C posix_spawn': loop('pipes'), 'C, no pipes': loop('none') },
    skipped: tooLarge(resident),
    figures: [
      figure('one at a time', 'rate-1', 'stock', { atLeast }),
      figure('32 at once', 'rate-32', 'stock', { atLeast }),
      figure('one at a time', 'rate-1', 'C posix_spawn', { atLeast: 0.8 }),
      figure('32 at once', 'rate-32', 'C posix_spawn', { atLeast: 0.8 }),
      // Not like for like, ours has three socket pairs to make and to read to their ends: a bound from above, so no target.
      figure('one at a time', 'rate-1', 'C, no pipes'),
      figure('32 at once', 'rate-32', 'C, no pipes'),
    ],
  };
}

runBench({
  title: 'spawn: JavaScript-thread time per call, children per second (/bin/true)',
  rounds: 5,
  groups({ smoke }) {
    const posixSpawn = compile('posix_spawn');
    if (smoke) return [callGroup('small', 50 * MB, 10, 100, 1 / 8), rateGroup('small', 50 * MB, 100, 2, posixSpawn)];
    return [
      callGroup('50 MB', 50 * MB, 300, 1500, 1 / 8),
      callGroup('4 GB', 4096 * MB, 300, 1500, 1 / 1000),
      rateGroup('50 MB', 50 * MB, 1500, 2, posixSpawn),
      rateGroup('2 GB', 2048 * MB, 1500, 100, posixSpawn),
    ];
  },
});
