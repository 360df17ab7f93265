'use strict';
// What js/ipc has for ends of the protocol that are no Channel.

module.exports = require('../ipc')[Symbol.for('@x/procs.inside')]();
