'use strict';
// With `transport: 'fast'` a child shows what it shows with Node's own child_process: the scenarios of the drop-in once more.

const { parity } = require('./lib/parity.js');

describe.each(['ipc-values', 'ipc-context', 'ipc-back-pressure', 'ipc-process-end'])('%s', (fixture) => {
  parity(fixture, { ours: 'fast' });
});
