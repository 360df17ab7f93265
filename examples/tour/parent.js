'use strict';
// A process that starts a child and tells its pid; see ends.js.

const { run } = require('@x/procs');

console.log(run('sleep', ['1000']).pid);
