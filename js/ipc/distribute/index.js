'use strict';
// The connections of one server, spread over several processes.
//
//   const server = http.createServer().listen(8080);          parent
//   distribute(server, workers, { policy: 'least-connections' });
//
//   attach(http.createServer(handler));                       worker

const { Distribution } = require('./distribution');

/**
 * Gives the connections that `server` accepts to `workers`, which serve them with attach() or onConnection().
 *
 * A connection is a worker's when that has said so; one whose worker ends before goes to another. So none is lost, and none is served twice.
 * Until close(), the server's own listeners of 'connection' are not called.
 * @param {import('node:net').Server} server net or http; it need not listen yet
 * @param {Iterable<import('../channel').Channel | import('node:child_process').ChildProcess>} workers channels, or children that have one
 * @param {{ policy?: 'round-robin' | 'least-connections' | 'sticky' | 'kernel', maxPending?: number }} [options]
 *   sticky: by the client's address, of which as few as possible move when workers come and go. kernel: the workers listen themselves, on the
 *   same socket, and the kernel decides. maxPending: connections that may wait for a worker, default 1024; further ones are closed.
 * @returns {Distribution}
 * @throws before anything happens: ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE
 */
function distribute(server, workers, options) {
  return new Distribution(server, workers, options);
}

module.exports = {
  distribute,
  get attach() {
    return require('./worker-end').attach;
  },
  get onConnection() {
    return require('./worker-end').onConnection;
  },
  /** For js/ipc/handles. */
  get arrive() {
    return require('./worker-end').arrive;
  },
};
