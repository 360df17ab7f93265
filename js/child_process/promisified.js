'use strict';

/** util.promisify.custom, without loading util for it. */
const CUSTOM = Symbol.for('nodejs.util.promisify.custom');

/** Makes util.promisify(start) resolve to { stdout, stderr }, with the child as a property of the promise. */
function promisified(start) {
  function custom(...args) {
    let settle;
    const promise = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    // Outside of the executor: wrong arguments are thrown and not a rejection, as in Node.
    promise.child = start(...args, (error, stdout, stderr) => {
      if (error === null) settle.resolve({ stdout, stderr });
      else settle.reject(Object.assign(error, { stdout, stderr }));
    });
    return promise;
  }
  Object.defineProperty(custom, 'name', { __proto__: null, value: start.name, configurable: true });
  Object.defineProperty(start, CUSTOM, { __proto__: null, value: custom });
}

module.exports = { promisified };
