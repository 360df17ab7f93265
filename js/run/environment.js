'use strict';
// The child's environment: the parent's as far as it may be seen, what the call adds, and where programs are looked for.

const path = require('path');
const { localPath } = require('./local-path');

let environmentBlock;

/** Loaded with the first command: it takes the drop-in along. */
function block(variables) {
  environmentBlock ??= require('../child_process')[Symbol.for('@x/procs.inside')]().environmentBlock;
  return environmentBlock(variables);
}

/**
 * @param {object} given checked options
 * @param {string | undefined} directory the child's
 * @param {string | undefined} nodeFolder of the Node to run in
 * @returns {string | null} for the addon
 */
function environmentOf(given, directory, nodeFolder) {
  const { env, extendEnv, envAllow, envDeny, preferLocal, broker } = given;
  const asIs =
    env === undefined && broker === undefined && extendEnv !== false && envAllow === undefined && envDeny === undefined && !given.pty;
  if (asIs && !preferLocal && nodeFolder === undefined) return block(undefined);
  const variables = extendEnv === false ? { __proto__: null } : inherited(envAllow, envDeny);
  if (given.pty) variables.TERM = given.pty.term;
  // Node's own child_process leaves `undefined` out; here it also takes the parent's away.
  if (env !== undefined) Object.assign(variables, env);
  if (broker !== undefined) Object.assign(variables, broker);
  if (preferLocal || nodeFolder !== undefined) {
    const folders = preferLocal ? startsOf(preferLocal, given.localDir, directory ?? '/') : [];
    variables.PATH = localPath(variables.PATH ?? process.env.PATH, folders, nodeFolder);
  }
  return block(variables);
}

function startsOf(preferLocal, localDir, directory) {
  if (Array.isArray(preferLocal)) return preferLocal.map((folder) => path.resolve(directory, folder));
  return [path.resolve(directory, localDir ?? '.')];
}

function inherited(allow, deny) {
  const variables = { __proto__: null, ...process.env };
  if (allow === undefined && deny === undefined) return variables;
  const allowed = allow === undefined ? () => true : matcher(allow);
  const denied = deny === undefined ? () => false : matcher(deny);
  for (const name of Object.keys(variables)) {
    if (!allowed(name) || denied(name)) delete variables[name];
  }
  return variables;
}

/** Names, and prefixes that end in '*'. */
function matcher(patterns) {
  const names = new Set(patterns.filter((one) => !one.endsWith('*')));
  const prefixes = patterns.filter((one) => one.endsWith('*')).map((one) => one.slice(0, -1));
  return (name) => names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

module.exports = { environmentOf };
