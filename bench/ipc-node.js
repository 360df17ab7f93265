'use strict';
// Our end of Node's IPC channel beside stock's, each as the parent of the same plain Node child.

const { runBench } = require('./lib/bench');
const { PAR } = require('./lib/figures');
const { cannotPlace } = require('./lib/placement');

const PLACES = { __proto__: null, 0: 'anywhere', 1: 'one CPU', 2: 'two CPUs' };

function rateGroup(serialization, smoke) {
  const figure = (text, key, target) => ({
    name: `${text}, ${serialization}`,
    unit: '/s',
    key,
    compare: 'ratio',
    peer: 'stock',
    target,
  });
  return {
    measure: 'ipc-node',
    parameters: {
      serialization,
      small: smoke ? { warmup: 100, count: 1000 } : { warmup: 10_000, count: 100_000 },
      large: smoke ? { warmup: 1, count: 3 } : { warmup: 20, count: 150 },
    },
    figures: [
      figure('small to the child', 'to', { atLeast: 2.5 }),
      figure('small from the child', 'from', PAR.noSlower),
      figure('1 MB string to the child', 'large-to', PAR.noSlower),
      figure('1 MB string from the child', 'large-from', PAR.noSlower),
    ],
  };
}

function roundTripGroup(serialization, cpus, smoke) {
  const figure = (text, key, target) => ({
    name: `round trip ${text}, ${PLACES[cpus]}, ${serialization}`,
    unit: 'us',
    key,
    compare: 'ratio',
    peer: 'stock',
    target,
  });
  return {
    measure: 'ipc-round-trip',
    parameters: { serialization, cpus, ...(smoke ? { warmup: 10, count: 100 } : { warmup: 2000, count: 10_000 }) },
    skipped: cpus > 0 ? cannotPlace() : undefined,
    // On a shared machine the slowest hundredth belongs to the neighbours: shown, but not judged.
    figures: [figure('p50', 'p50', PAR.noMore), figure('p99', 'p99')],
  };
}

runBench({
  title: 'ipc-node: fork() with a plain Node child',
  rounds: 7,
  groups: ({ smoke }) =>
    ['json', 'advanced'].flatMap((serialization) => [
      rateGroup(serialization, smoke),
      ...[0, 1, 2].map((cpus) => roundTripGroup(serialization, cpus, smoke)),
    ]),
});
