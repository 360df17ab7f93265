'use strict';

const os = require('node:os');
const { native } = require('../native');

/** CPUs that this process may use: its affinity, and the quota of its cgroup, which Node below 22 does not look at. */
function usableCpus() {
  const { usableCpus: count } = native();
  return count === undefined ? os.availableParallelism() : count();
}

module.exports = { usableCpus };
