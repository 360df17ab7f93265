'use strict';

const { parity } = require('./lib/parity.js');

parity('child_process-stdio-streams');
