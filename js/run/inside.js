'use strict';
// What js/child_process shows to this folder only, or why there is nothing.

const childProcess = require('../child_process');
const errors = require('../errors');
const { unsupported } = require('../platform');

const INSIDE = Symbol.for('@x/procs.inside');

if (childProcess[INSIDE] === undefined) throw notHere();

/** Where the drop-in leaves it to Node, run() must not go past it. */
function notHere() {
  const reason = process.permission ? 'cannot start children under the permission model, where only Node itself may' : unsupported();
  return errors.genericNodeError(`@x/procs ${reason}`, { code: 'ERR_PROCS_UNSUPPORTED' });
}

module.exports = childProcess[INSIDE]();
