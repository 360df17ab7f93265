'use strict';
// What js/ipc shows to this folder and to js/child_process only.

module.exports = require('../ipc')[Symbol.for('@x/procs.inside')]();
