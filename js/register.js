'use strict';
// `node --require @x/procs/register app.js`, or with --import: from here on `child_process` is ours, everywhere in the application.
//
// Node has one exports object for child_process per environment, and everybody gets that one: require() with and without `node:`,
// createRequire(), process.getBuiltinModule(), import in all its forms, modules in a vm context. So our functions are put into it,
// and Node is told to bring the named exports of ESM up to date. Loader hooks would have to catch each of those ways by itself, and
// differ between Node 20 (another thread) and later (in thread).
//
// Not reached: functions somebody took out of the module before (`const { spawn } = require('child_process')` in an earlier preload),
// workers of a main thread that did not have this as a flag (flags are handed on to them, a require() in the code is not), and
// Node's own modules that were loaded before. Of those, cluster is loaded here on purpose: it keeps Node's own fork.
//
// Under the permission model and on platforms without an addon nothing is changed.
//
// With PROCS_REGISTER_CHILDREN=1, Node children get this file as well, by NODE_OPTIONS in their environment.

const builtin = require('child_process');
const ours = require('./child_process');

if (ours !== builtin && builtin.spawn !== ours.spawn) {
  require('cluster');
  replaceBuiltin();
  if (process.env.PROCS_REGISTER_CHILDREN === '1') registerChildren();
}

function replaceBuiltin() {
  require('./child_process/first-use').keepNodeOwn({ ...builtin });
  for (const name of Object.keys(builtin)) {
    // Called by Node itself in a forked child.
    if (name !== '_forkChild' && Object.hasOwn(ours, name)) builtin[name] = ours[name];
  }
  require('module').syncBuiltinESMExports();
}

function registerChildren() {
  const { adaptChildOptions } = require('./child_process/environment');
  // For children that inherit this environment, Node's own children (cluster) among them, and for those with an `env` of their own.
  process.env.NODE_OPTIONS = withThisFile(process.env.NODE_OPTIONS);
  adaptChildOptions(withThisFile);
}

function withThisFile(nodeOptions) {
  const file = /[\s"\\]/.test(__filename) ? `"${__filename.replace(/["\\]/g, '\\$&')}"` : __filename;
  const flag = `--require ${file}`;
  if (!nodeOptions) return flag;
  const isThere = nodeOptions.includes(file) || nodeOptions.includes('@x/procs/register');
  return isThere ? nodeOptions : `${nodeOptions} ${flag}`;
}
