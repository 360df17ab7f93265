'use strict';
// What a worker's file exports, as tasks find it by their names.

const { isThenable } = require('../thenable');
const seldom = require('./seldom');

/** The export that is the file's own function. */
const DEFAULT = 'default';

class Program {
  /** Whatever may have an export: a module's namespace; what it has as `default`, which of CommonJS is module.exports; and what that has. */
  #holders;
  /** By names as frames have them. */
  #tasks = new Map();

  /** @param {unknown} exported a namespace, or module.exports */
  constructor(exported) {
    const outer = exported?.[DEFAULT];
    this.#holders = [exported, outer, outer?.[DEFAULT]];
  }

  /** @returns {Function | PromiseLike<Function> | undefined} */
  #find(name) {
    for (const holder of this.#holders) {
      const found = name === DEFAULT ? holder : member(holder, name);
      if (typeof found === 'function' || isThenable(found)) return found;
    }
    return undefined;
  }

  /** @returns {Function | undefined} of what is called when it is there: `setup`, `teardown` */
  hook(name) {
    const found = this.#find(name);
    return typeof found === 'function' ? found : undefined;
  }

  /**
   * @param {string} mark of a name
   * @throws {Error} ERR_PROCS_NO_SUCH_TASK
   */
  task(mark) {
    const known = this.#tasks.get(mark);
    if (known !== undefined) return known;
    const found = this.named(seldom.names.decodeName(mark));
    this.#tasks.set(mark, found);
    return found;
  }

  /** @returns {Function} @throws {Error} ERR_PROCS_NO_SUCH_TASK */
  named(name) {
    const found = this.#find(name);
    if (typeof found === 'function') return found;
    // A function that is made asynchronously: by a promise that is exported.
    if (found !== undefined) return async (value, context) => (await found)(value, context);
    throw seldom.errors.genericNodeError(`The worker's file exports no function ${JSON.stringify(name)}`, {
      code: 'ERR_PROCS_NO_SUCH_TASK',
    });
  }

  /** The function of tasks without a name. @returns {Promise<Function>} that throws for each, where there are others and not this one */
  async main(name) {
    const found = await this.#find(name);
    if (typeof found === 'function') return found;
    if (name === DEFAULT && this.#hasTasks()) return () => this.named(name);
    return this.named(name);
  }

  #hasTasks() {
    return this.#holders.some((holder) => isObject(holder) && Object.keys(holder).some((name) => typeof holder[name] === 'function'));
  }
}

/** Not what every object or function has. */
function member(holder, name) {
  if (!isObject(holder) || (name === '__proto__' && !Object.hasOwn(holder, name))) return undefined;
  const found = holder[name];
  return found === Object.prototype[name] || found === Function.prototype[name] ? undefined : found;
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

module.exports = { Program };
