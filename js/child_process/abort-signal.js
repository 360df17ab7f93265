'use strict';

const { addAbortListener } = require('events');

/**
 * Calls `listener` once when `signal` is aborted.
 * @returns {() => void} takes the listener away
 */
function onAbort(signal, listener) {
  // Node's own way is heard even when another listener stops the event. Missing before 20.5, as Symbol.dispose is in vm contexts.
  if (addAbortListener && Symbol.dispose) {
    const registration = addAbortListener(signal, listener);
    return () => registration[Symbol.dispose]();
  }
  signal.addEventListener('abort', listener, { __proto__: null, once: true });
  return () => signal.removeEventListener('abort', listener);
}

module.exports = { onAbort };
