'use strict';

/** What a Subprocess has its Run under, see settle.js. */
const STATE = Symbol('@x/procs.run');

module.exports = { STATE };
