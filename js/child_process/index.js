'use strict';
// The drop-in for child_process: ours, or Node's own where ours must not or cannot be.

const { unsupported } = require('../platform');

const INSIDE = Symbol.for('@x/procs.inside');

module.exports = choose();

function choose() {
  // Under the permission model it is Node that allows and refuses; a native addon would be outside of its reach.
  if (process.permission) return require('child_process');
  const reason = unsupported();
  if (reason === null) return withInside(require('./drop-in'));
  process.emitWarning(`@x/procs ${reason}: children are started by Node's own child_process`, { __proto__: null, code: 'PROCS_FALLBACK' });
  return require('child_process');
}

/** For js/run. Not a name: those are Node's. */
function withInside(dropIn) {
  Object.defineProperty(dropIn, INSIDE, { __proto__: null, configurable: true, value: () => require('./inside') });
  return dropIn;
}
