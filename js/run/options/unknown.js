'use strict';
// The error for a name that is no option: most are misspelt, or another library's.

const { closest, unknownName } = require('../../validate');

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
  const near = closest(key, names);
  const meant = ELSEWHERE[key] ?? (near && `'${near}'`);
  return unknownName(`options.${key}`, value, `is not an option of ${caller}()`, meant);
}

module.exports = { unknownOption };
