'use strict';
// Which worker gets the next connection. `workers` are those that take some, in the order in which they came; there is at least one.

/** One after the other. */
class RoundRobin {
  #turn = 0;

  pick(workers) {
    this.#turn = (this.#turn + 1) % Number.MAX_SAFE_INTEGER;
    return workers[this.#turn % workers.length];
  }
}

/** The one that has the fewest, in turn among equals. */
class LeastConnections {
  #turn = 0;

  pick(workers) {
    this.#turn = (this.#turn + 1) % Number.MAX_SAFE_INTEGER;
    let best = workers[this.#turn % workers.length];
    for (let i = 1; i < workers.length; i++) {
      const other = workers[(this.#turn + i) % workers.length];
      if (other.load < best.load) best = other;
    }
    return best;
  }
}

/**
 * By the client's address. Of the scores that an address has with each worker the highest wins (rendezvous hashing): when a worker goes, only
 * its own clients move; when one comes, only those that it gets.
 */
class Sticky {
  pick(workers, { remoteAddress = '' }) {
    const address = hash(remoteAddress, 0x811c9dc5);
    let best = null;
    let highest = -1;
    for (const worker of workers) {
      const score = mixed(hash(`${worker.number}`, address));
      if (score > highest) {
        highest = score;
        best = worker;
      }
    }
    return best;
  }
}

/** FNV-1a. */
function hash(text, seed) {
  let state = seed;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state >>> 0;
}

/** The last digits alone would decide otherwise. */
function mixed(state) {
  let value = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

const policies = { __proto__: null, 'round-robin': RoundRobin, 'least-connections': LeastConnections, sticky: Sticky, kernel: null };

module.exports = { policies };
