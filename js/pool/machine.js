'use strict';

const { native } = require('../native');

/** CPUs that this process may use: its affinity, and the quota of its cgroup, which Node below 22 does not look at. */
function usableCpus() {
  return native().usableCpus();
}

module.exports = { usableCpus };
