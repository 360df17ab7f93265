'use strict';
// Where the system gives no more.

const { parity } = require('./lib/parity.js');

describe('EMFILE', () => parity('faults-limits-files', { limits: 'ulimit -n 100' }));

describe('EMFILE at the first call', () => parity('faults-limits-first', { limits: 'ulimit -n 100' }));

// Its name in bash, and in dash. Node itself has a dozen threads.
describe('EAGAIN', () => parity('faults-limits-processes', { limits: 'ulimit -u 40 2>/dev/null || ulimit -p 40' }));
