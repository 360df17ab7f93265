'use strict';
// One end of a ring: the line of cells that it writes, and waiting for the other end's.

const { genericNodeError } = require('../../errors');
const { NEWS, OVER, OWNER, POSITION, WAITS } = require('./layout');

class End {
  #memory;
  #cells;
  #own;
  #other;
  #gone;

  /**
   * @param {object} memory the SharedMemory
   * @param {Int32Array} cells
   * @param {number} own line of this end
   * @param {number} other line of the other end
   * @param {AbortSignal} gone aborted when the other end is known to be gone, with the error as its reason
   */
  constructor(memory, cells, own, other, gone) {
    this.#memory = memory;
    this.#cells = cells;
    this.#own = own;
    this.#other = other;
    this.#gone = gone;
    const owner = Atomics.compareExchange(cells, own + OWNER, 0, process.pid);
    if (owner !== 0) throw genericNodeError(`This end of the ByteRing is in use by process ${owner}`, { code: 'ERR_PROCS_IPC_IN_USE' });
  }

  get position() {
    return this.#cells[this.#own + POSITION] >>> 0;
  }

  get otherPosition() {
    return Atomics.load(this.#cells, this.#other + POSITION) >>> 0;
  }

  get isOtherOver() {
    return Atomics.load(this.#cells, this.#other + OVER) !== 0;
  }

  /** Why the other end is gone, or null. */
  get loss() {
    return this.#gone.aborted ? this.#gone.reason : null;
  }

  /** So many bytes more are written, or read. */
  advance(count) {
    Atomics.store(this.#cells, this.#own + POSITION, (this.position + count) | 0);
    this.#tell();
  }

  finish() {
    Atomics.store(this.#cells, this.#own + OVER, 1);
    this.#tell();
  }

  #tell() {
    Atomics.add(this.#cells, this.#own + NEWS, 1);
    // Only looked at: taken back it would be for a wait that began after this was counted, and that the next one has to end.
    if (Atomics.load(this.#cells, this.#other + WAITS) !== 0) this.#memory.notify(this.#own + NEWS);
  }

  /** The number to give to waitFor(): whatever is looked at after it was taken, is not missed. */
  get otherNews() {
    return Atomics.load(this.#cells, this.#other + NEWS);
  }

  /** Until there is other news of the other end than these, or it is gone. */
  async waitFor(news) {
    Atomics.store(this.#cells, this.#own + WAITS, 1);
    try {
      await this.#memory.wait(this.#other + NEWS, news, { signal: this.#gone });
    } catch (error) {
      if (error.name !== 'AbortError') throw error;
    } finally {
      if (!this.#memory.closed) Atomics.store(this.#cells, this.#own + WAITS, 0);
    }
  }
}

module.exports = { End };
