'use strict';
// With `transport: 'fast'`, what concerns handles: the scenarios of the drop-in once more.

const { parity } = require('./lib/parity.js');

describe.each(['ipc-handles', 'ipc-handle-queue', 'ipc-shared-server', 'ipc-bound-socket'])('%s', (fixture) => {
  parity(fixture, { ours: 'fast' });
});
