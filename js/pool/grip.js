'use strict';
// Whether a pool is held by what it does. One that does nothing, and that nobody has any more, can be given no task and cannot be ended by anybody: when it is
// garbage its workers are ended in its stead. So nothing that a pool is made of has it but by this.

/** @type {FinalizationRegistry<{ abandoned(): void }>} */
let registry;

class Grip {
  #weak;
  #strong = null;
  #hasListeners = false;
  #isTight = false;

  /** @param {object} pool @param {{ abandoned(): void }} core */
  constructor(pool, core) {
    registry ??= new FinalizationRegistry((one) => one.abandoned());
    registry.register(pool, core);
    this.#weak = new WeakRef(pool);
  }

  /** undefined: it is garbage. */
  get pool() {
    return this.#weak.deref();
  }

  /** Whoever listens waits for something, whether he has it or not. */
  set hasListeners(hasListeners) {
    this.#hasListeners = hasListeners;
    this.#settle();
  }

  /** Whether it has something to do. */
  set isTight(isTight) {
    this.#isTight = isTight;
    this.#settle();
  }

  #settle() {
    if (!this.#isTight && !this.#hasListeners) this.#strong = null;
    else this.#strong ??= this.pool ?? null;
  }
}

module.exports = { Grip };
