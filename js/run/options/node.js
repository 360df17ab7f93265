'use strict';
// The option `node`: a script of ours in another Node.

const { inheritedFlags } = require('../../node-flags');
const { canPreload, PRELOADED, preloadArguments } = require('../../preload');

/** @returns {string[]} what node is called with */
function nodeCommand(file, args, settings) {
  const own = settings[PRELOADED] ? preloadArguments() : [];
  return [...own, ...nodeFlags(settings), file, ...args];
}

/** @returns {string[]} those for node itself */
function nodeFlags({ nodeOptions, resourceLimits }) {
  const flags = nodeOptions ?? inheritedFlags();
  return resourceLimits === undefined ? flags : [...flags, ...resourceLimits.v8];
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

module.exports = { isPreloaded, nodeCommand };
