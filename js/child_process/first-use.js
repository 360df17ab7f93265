'use strict';
// The first call loads what is behind it: files of this package, the addon, its event loop. Each takes an fd, and where there is none
// left nothing of ours can even begin. Node's own child_process needs no file for that, and reports it as it always has (EMFILE).

const fs = require('fs');

let kept;

/** Node's own child_process, or at least its functions: also when ../register.js has put ours in their place. */
function nodeOwn() {
  return kept ?? require('child_process');
}

/** To be called with a copy before the module is changed. */
function keepNodeOwn(copy) {
  kept = copy;
}

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
      if (!isOutOfDescriptors(error) && hasDescriptors()) throw error;
      return nodeOwn();
    }
  };
}

function isOutOfDescriptors({ code }) {
  return code === 'EMFILE' || code === 'ENFILE';
}

/**
 * Tried out, because what the loader of libraries says has no errno in it. Not enough by itself: another thread of Node's may have
 * taken the last one for a moment.
 */
function hasDescriptors() {
  try {
    fs.closeSync(fs.openSync('/dev/null', 'r'));
    return true;
  } catch (error) {
    return !isOutOfDescriptors(error);
  }
}

module.exports = { atFirstUse, keepNodeOwn, nodeOwn };
