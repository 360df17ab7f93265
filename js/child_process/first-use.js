'use strict';
// The first call loads what is behind it: files of this package, the addon, its event loop. Each takes an fd, and where there is none
// left nothing of ours can even begin. Node's own child_process needs no file for that, and reports it as it always has (EMFILE).

const fs = require('fs');
const { nodeOwn } = require('./node-own');

/**
 * @template T
 * @param {() => T} load
 * @returns {() => T} what `load` returns, which is called once; or Node's own child_process for as long as there is no fd for it
 */
function atFirstUse(load) {
  let loaded;
  return () => {
    if (loaded !== undefined) return loaded;
    try {
      return (loaded = load());
    } catch (error) {
      if (hasDescriptors()) throw error;
      return nodeOwn();
    }
  };
}

/** Tried out, because what the loader of libraries says has no errno in it. */
function hasDescriptors() {
  try {
    fs.closeSync(fs.openSync('/dev/null', 'r'));
    return true;
  } catch ({ code }) {
    return code !== 'EMFILE' && code !== 'ENFILE';
  }
}

module.exports = { atFirstUse };
