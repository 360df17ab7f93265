'use strict';
// Node's own flags, for a Node that is started from here.

/** Flags that are for this process only: a debugger's port, and code given on the command line. */
const OWN = /^(?:--inspect(?:-brk|-port|-wait|-publish-uid)?(?:=|$)|(?:-e|--eval|-p|--print|-pe|--input-type)(?:=|$))/;
/** Of those, what takes the next word as its value. */
const WITH_VALUE = new Set(['--inspect-port', '--inspect-publish-uid', '-e', '--eval', '-p', '--print', '-pe', '--input-type']);

/** @returns {string[]} what of process.execArgv a child gets, unless it is told otherwise */
function inheritedFlags() {
  const flags = process.execArgv;
  const kept = [];
  for (let i = 0; i < flags.length; i++) {
    if (!OWN.test(flags[i])) kept.push(flags[i]);
    else if (WITH_VALUE.has(flags[i])) i++;
  }
  return kept;
}

module.exports = { inheritedFlags };
