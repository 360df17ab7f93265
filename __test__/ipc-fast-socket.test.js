'use strict';
// `transport: 'fast'` where there can be no ring in shared memory. Among them are the scenarios whose peers write to the socket by
// themselves, past everybody's code.

const { parity } = require('./lib/parity.js');

describe.each(['ipc-send', 'ipc-halves', 'ipc-disconnect', 'ipc-listeners', 'ipc-garbage'])('%s', (fixture) => {
  parity(fixture, { ours: 'fast-socket' });
});
