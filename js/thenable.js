'use strict';

/** Whether it is to be waited for: a promise of this realm, of another one, or of a library. */
function isThenable(value) {
  return value !== null && (typeof value === 'object' || typeof value === 'function') && typeof value.then === 'function';
}

module.exports = { isThenable };
