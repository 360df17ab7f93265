'use strict';

/**
 * What next() has given, as a loop would take it. Without that, what is no iterator would be read without an end.
 * @throws {TypeError} it is no object
 */
function iteratorResult(result) {
  if ((typeof result === 'object' && result !== null) || typeof result === 'function') return result;
  throw new TypeError(`Iterator result ${String(result)} is not an object`);
}

module.exports = { iteratorResult };
