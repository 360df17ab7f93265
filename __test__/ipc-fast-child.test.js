'use strict';

const { parity } = require('./lib/parity.js');

parity('ipc-fast-child', { ours: 'fast' });
