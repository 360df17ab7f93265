'use strict';

const { parity } = require('./lib/parity.js');

parity('faults-stdin');
