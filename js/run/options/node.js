'use strict';
// The option `node`: a script of ours in another Node.

/** Flags that are for this process only: a debugger's port, and code given on the command line. */
const OWN = /^(?:--inspect(?:-brk|-port|-wait|-publish-uid)?(?:=|$)|(?:-e|--eval|-p|--print|-pe|--input-type)(?:=|$))/;
/** Of those, what takes the next word as its value. */
const WITH_VALUE = new Set(['--inspect-port', '--inspect-publish-uid', '-e', '--eval', '-p', '--print', '-pe', '--input-type']);

/** @returns {string[]} what node is called with */
function nodeCommand(file, args, { nodeOptions }) {
  return [...(nodeOptions ?? inherited(process.execArgv)), file, ...args];
}

function inherited(flags) {
  const kept = [];
  for (let i = 0; i < flags.length; i++) {
    if (!OWN.test(flags[i])) kept.push(flags[i]);
    else if (WITH_VALUE.has(flags[i])) i++;
  }
  return kept;
}

module.exports = { nodeCommand };
