'use strict';
// With `transport: 'fast'`, what concerns handles and the life of the two processes: the scenarios of the drop-in once more.

const { parity } = require('./lib/parity.js');

describe.each(['ipc-handles', 'ipc-handle-queue', 'ipc-shared-server', 'ipc-bound-socket', 'ipc-listeners', 'ipc-process-end'])(
  '%s',
  (fixture) => {
    parity(fixture, { ours: 'fast' });
  },
);
