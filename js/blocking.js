'use strict';
// Who wants to know that this thread is about to block: messages gathered for the end of the turn have to go out before it.

const listeners = [];

/** @param {() => void} listener called before each synchronous call that waits for a child */
function beforeBlocking(listener) {
  listeners.push(listener);
}

function aboutToBlock() {
  for (const listener of listeners) listener();
}

module.exports = { beforeBlocking, aboutToBlock };
