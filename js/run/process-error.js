'use strict';
// The error of a command that failed: everything its Result has, and a message that a person can act on. What it says is in ./failure.

class ProcessError extends Error {
  /**
   * @param {string} message
   * @param {{ cause?: any, shortMessage: string, originalMessage: string | undefined, code: string }} about
   * @param {object} result
   */
  constructor(message, about, result) {
    super(message);
    const { cause, shortMessage, originalMessage, code } = about;
    if (cause !== undefined) hidden(this, 'cause', cause);
    this.shortMessage = shortMessage;
    this.originalMessage = originalMessage;
    this.code = code;
    Object.assign(this, result);
  }
}
hidden(ProcessError.prototype, 'name', 'ProcessError');

function hidden(object, key, value) {
  Object.defineProperty(object, key, { __proto__: null, value, enumerable: false, writable: true, configurable: true });
}

module.exports = { ProcessError, hidden };
