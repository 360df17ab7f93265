'use strict';
// A worker of workerpool's. Where it is, is told by whoever starts it: it is no dependency.

require(process.env.PROCS_BENCH_PEER).worker(require('./pool-tasks'));
