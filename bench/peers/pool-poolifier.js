'use strict';
// A worker of poolifier's. Where it is, is told by whoever starts it: it is no dependency.

const { ClusterWorker } = require(process.env.PROCS_BENCH_PEER);

module.exports = new ClusterWorker(require('./pool-tasks'));
