'use strict';
// Timeouts that come to pass when a child has got somewhere. How long it takes to get there depends on the machine and on what else it does,
// so one that was too short has shown nothing, and the next is twice as long.

const LONGEST = 10_000;

/**
 * @param {(timeout: number) => T | Promise<T>} attempt starts a child with that timeout, and waits for its end
 * @param {(outcome: T) => boolean} wasThere whether it had got there by then
 * @param {number} [first] milliseconds
 * @returns {Promise<T>} the first outcome of which that is true; the last one of all where it never is
 */
async function inTime(attempt, wasThere, first = 100) {
  for (let timeout = first; ; timeout *= 2) {
    const outcome = await attempt(timeout);
    if (timeout > LONGEST || wasThere(outcome)) return outcome;
  }
}

module.exports = { inTime };
