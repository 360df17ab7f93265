'use strict';
// The error for a name that is no option: most are misspelt, or another library's.

const { ERR_INVALID_ARG_VALUE } = require('./checks');

/** What others call it. */
const ELSEWHERE = {
  __proto__: null,
  forceKillAfterTimeout: "'forceKillAfterDelay'",
  stripEof: "'stripFinalNewline'",
  nothrow: "'reject: false'",
  throwOnError: "'reject'",
  quiet: "'verbose: false'",
  timeoutSignal: "'killSignal'",
  delay: "'retry: { backoff }'",
  execPath: "'nodePath'",
  execArgv: "'nodeOptions'",
  persist: '\'lifetime: "independent"\'',
  localDirectory: "'localDir'",
  killDescendants: '\'killMode: "tree"\'',
  abortSignal: "'signal'",
  silent: "'stdio'",
};

/**
 * @param {string[]} names that are options
 * @param {string} caller 'run'
 * @returns {Error}
 */
function unknownOption(key, value, names, caller) {
  const meant = ELSEWHERE[key] ?? closest(key, names);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return new ERR_INVALID_ARG_VALUE(`options.${key}`, value, `is not an option of ${caller}()${hint}`);
}

function closest(key, names) {
  let best;
  let least = key.length <= 4 ? 1 : 2;
  for (const name of names) {
    const edits = distance(key.toLowerCase(), name.toLowerCase());
    if (edits <= least && (best === undefined || edits < best.edits)) best = { name, edits };
    if (best !== undefined) least = best.edits;
  }
  return best && `'${best.name}'`;
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

module.exports = { unknownOption };
