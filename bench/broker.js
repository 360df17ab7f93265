'use strict';
// One publisher and eight subscribers, each a process: messages that reach subscribers, and what the parent pays for it. Stock's parent takes
// each message from the publisher and sends it to eight forked children.

const { runBench } = require('./lib/bench');

const SUBSCRIBERS = 8;

function group(name, payload, smoke, target) {
  return {
    measure: 'broker',
    parameters: {
      subscribers: SUBSCRIBERS,
      payload,
      ...(smoke ? { warmup: 100, count: 500 } : { warmup: 5000, count: payload > 0 ? 10_000 : 50_000 }),
    },
    figures: [
      { name: `${name}, 1 to ${SUBSCRIBERS}: delivered`, unit: '/s', key: 'delivered', compare: 'ratio', peer: 'stock', target },
      {
        name: `${name}, 1 to ${SUBSCRIBERS}: the parent's event loop is busy`,
        unit: '%',
        key: 'busy',
        compare: 'value',
        peer: 'stock',
        target: { atMost: 10 },
      },
    ],
  };
}

runBench({
  title: 'broker: one publisher, eight subscribers, all of them processes',
  rounds: 5,
  groups: ({ smoke }) => [group('small messages', 0, smoke, { atLeast: 5 }), group('4 KB messages', 4096, smoke)],
});
