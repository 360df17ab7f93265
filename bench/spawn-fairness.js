'use strict';
// Whether spawning leaves room for everything else: a 10 ms timer while 8, and 32, children are always in flight and each
// exit starts the next.

const { runBench } = require('./lib/bench');

function figures(stdio, inFlight) {
  const name = `${inFlight} in flight, ${stdio === 'pipe' ? 'pipes' : 'ignore'}`;
  return [
    { name: `missed ticks, ${name}`, unit: '%', key: `${stdio}-${inFlight}`, compare: 'value', peer: 'stock', target: { atMost: 5 } },
    { name: `longest gap, ${name}`, unit: 'ms', key: `${stdio}-${inFlight}-longest`, compare: 'value', peer: 'stock' },
  ];
}

runBench({
  title: 'spawn-fairness: share of the ticks of a 10 ms timer that do not come',
  rounds: 5,
  groups: ({ smoke }) => [
    {
      measure: 'spawn-fairness',
      parameters: { milliseconds: smoke ? 200 : 1500 },
      figures: [
        { name: 'missed ticks, idle', unit: '%', key: 'idle', compare: 'value', peer: 'stock' },
        ...figures('pipe', 8),
        ...figures('pipe', 32),
        ...figures('ignore', 8),
        ...figures('ignore', 32),
      ],
    },
  ],
});
