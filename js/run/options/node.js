'use strict';
// The option `node`: a script of ours in another Node.

const { canPreload, PRELOADED, preloadArguments } = require('../../preload');

/** Flags that are for this process only: a debugger's port, and code given on the command line. */
const OWN = /^(?:--inspect(?:-brk|-port|-wait|-publish-uid)?(?:=|$)|(?:-e|--eval|-p|--print|-pe|--input-type)(?:=|$))/;
/** Of those, what takes the next word as its value. */
const WITH_VALUE = new Set(['--inspect-port', '--inspect-publish-uid', '-e', '--eval', '-p', '--print', '-pe', '--input-type']);

/** @returns {string[]} what node is called with */
function nodeCommand(file, args, settings) {
  const own = settings[PRELOADED] ? preloadArguments() : [];
  return [...own, ...nodeFlags(settings), file, ...args];
}

/** @returns {string[]} those for node itself */
function nodeFlags({ nodeOptions }) {
  return nodeOptions ?? inherited(process.execArgv);
}

/** Whether a child is to have our end of Node's channel, and can have it. */
function isPreloaded({ transport, nodeOptions }, environment) {
  return transport === 'fast' && canPreload(nodeFlags({ nodeOptions }), environment === null ? process.env : variablesOf(environment));
}

/** @param {string} environment as the addon takes it */
function variablesOf(environment) {
  const variables = { __proto__: null };
  for (const pair of environment.split('\0')) {
    const at = pair.indexOf('=', 1);
    variables[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return variables;
}

function inherited(flags) {
  const kept = [];
  for (let i = 0; i < flags.length; i++) {
    if (!OWN.test(flags[i])) kept.push(flags[i]);
    else if (WITH_VALUE.has(flags[i])) i++;
  }
  return kept;
}

module.exports = { isPreloaded, nodeCommand };
