'use strict';
// Our child_process, whose fork() uses `transport: 'fast'` unless told otherwise.

const ours = require('../../js/child_process/index.js');

function fork(file, args, options) {
  if (Array.isArray(args)) return ours.fork(file, args, { transport: 'fast', ...options });
  return ours.fork(file, { transport: 'fast', ...(args ?? options) });
}

module.exports = { ...ours, fork };
