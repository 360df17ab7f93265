'use strict';

/** Milliseconds: Node's timers have no more bits, and a longer one fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

module.exports = { LONGEST_TIMER };
