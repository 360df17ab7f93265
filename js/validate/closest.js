'use strict';
// What somebody may have meant who wrote a name that does not exist.

const { codes } = require('../errors');

/**
 * The error for a name that does not exist.
 * @param {string} name as the message has it: options.nam
 * @param {unknown} value that was given by it
 * @param {string} says what it is not: 'is not an option of run()'
 * @param {string} [meant] what there is instead
 */
function unknownName(name, value, says, meant) {
  return new codes.ERR_INVALID_ARG_VALUE(name, value, meant === undefined ? says : `${says} (did you mean ${meant}?)`);
}

/**
 * @param {string} given
 * @param {Iterable<string>} names that there are
 * @returns {string | undefined} the one that is nearest, where one is near
 */
function closest(given, names) {
  let best;
  let least = given.length <= 4 ? 1 : 2;
  for (const name of names) {
    const edits = distance(given.toLowerCase(), name.toLowerCase());
    if (edits <= least && (best === undefined || edits < best.edits)) best = { name, edits };
    if (best !== undefined) least = best.edits;
  }
  return best?.name;
}

/** Damerau and Levenshtein's: letters added, left out, changed, or two that changed places. */
function distance(a, b) {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  rows[0] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}

module.exports = { closest, unknownName };
