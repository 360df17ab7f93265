'use strict';

const { parity } = require('./lib/parity.js');

parity('ipc-plain-values');
