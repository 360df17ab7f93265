'use strict';
// Where no children can be started by the addon: what would start them is there all the same, and says why not when it is used.

const { unsupported } = require('./platform');

/** Or null. Where the drop-in leaves it to Node, nothing else must go past it. */
function whyUnusable() {
  return process.permission ? 'cannot start children under the permission model, where only Node itself may' : unsupported();
}

function unusable(reason) {
  return require('./errors').genericNodeError(`@x/procs ${reason}`, { code: 'ERR_PROCS_UNSUPPORTED' });
}

/**
 * @param {string} name of that class
 * @param {() => Function} load
 */
function usableClass(name, load) {
  const reason = whyUnusable();
  if (reason === null) return load();
  const constructors = {
    [name]: class {
      constructor() {
        throw unusable(reason);
      }
    },
  };
  return constructors[name];
}

module.exports = { unusable, usableClass, whyUnusable };
