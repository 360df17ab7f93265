'use strict';
// Makes error classes that look like Node's own from the outside: `code` is an own enumerable property, the stack begins with
// `TypeError [CODE]: message` while `name` stays `TypeError`, and `constructor` is the built-in class (which is what util.inspect prints).

/**
 * @param {string} code
 * @param {typeof Error} Base
 * @param {(this: Error, ...args: any[]) => string} compose gives the message; `this` is the error
 */
function nodeError(code, Base, compose) {
  class NodeError extends Base {
    constructor(...args) {
      super();
      hidden(this, 'message', compose.apply(this, args));
      this.code = code;
      nameStack(this, code);
    }

    toString() {
      return `${this.name} [${code}]: ${this.message}`;
    }
  }
  hidden(NodeError.prototype, 'constructor', Base);
  return NodeError;
}

/**
 * V8 writes the head of the stack when it is first read, from `name` and `message` as they are then. Node hooks that moment
 * with a private symbol; out here the name is lent for as long as it takes to read the stack once.
 */
function nameStack(error, code) {
  hidden(error, 'name', `${error.name} [${code}]`);
  void error.stack;
  delete error.name;
}

function hidden(object, key, value) {
  Object.defineProperty(object, key, { __proto__: null, value, enumerable: false, writable: true, configurable: true });
}

module.exports = { nodeError };
