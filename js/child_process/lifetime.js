'use strict';
// The option `lifetime`, as far as it is not a flag of the start.

const errors = require('../errors');
const { addLive, removeLive, isShuttingDown } = require('../live');

/**
 * Checks what it means together with other options, before the start.
 * @param {object} options of the child, in which the default of stdio may change
 * @returns {(child: object) => void} to be called after the start
 */
function outlookOf(options) {
  if (options.lifetime === 'parent') {
    if (isShuttingDown()) {
      throw errors.genericNodeError('The child was not started: shutdown() is running', { __proto__: null, code: 'ERR_PROCS_SHUTDOWN' });
    }
    return endWithUs;
  }
  options.detached = true;
  options.stdio ??= 'ignore';
  return letGo;
}

function endWithUs(child) {
  if (child.pid === undefined) return;
  addLive(child);
  const gone = () => removeLive(child);
  child.once('exit', gone);
  // Without 'exit' if it turned out not to be a program. Not 'error': that would count as somebody who minds it.
  child.once('close', gone);
}

/** It runs on when this process ends, and does not keep it from that. */
function letGo(child) {
  child.unref();
  child.channel?.unref();
}

module.exports = { outlookOf };
