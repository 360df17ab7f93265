'use strict';
// Node's own functions, also when ../register.js has put ours in their place.

let kept;

/** Node's own child_process, or at least its functions. */
function nodeOwn() {
  return kept ?? require('child_process');
}

/** To be called with a copy before the module is changed. */
function keepNodeOwn(copy) {
  kept = copy;
}

module.exports = { nodeOwn, keepNodeOwn };
