'use strict';
// What parent and worker say to each other over Node's own channel. The prefix makes it internal.

const CMD = {
  __proto__: null,
  // Parent.
  ASK: 'NODE_PROCS_ASK',
  CONNECTION: 'NODE_PROCS_CONNECTION',
  LISTEN: 'NODE_PROCS_LISTEN',
  STOP: 'NODE_PROCS_STOP',
  // Worker.
  READY: 'NODE_PROCS_READY',
  TAKEN: 'NODE_PROCS_TAKEN',
  CLOSED: 'NODE_PROCS_CLOSED',
  REFUSED: 'NODE_PROCS_REFUSED',
  LEAVING: 'NODE_PROCS_LEAVING',
};

module.exports = { CMD };
