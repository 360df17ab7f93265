'use strict';
// From what spawn() and spawnSync() are called with to a bag of checked options in the shape that ChildProcess.prototype.spawn takes.
// Everything that can be refused is refused here, before anything starts.

const errors = require('../errors');
const { major } = require('../node-version');
const { validateString, validateBoolean, validateObject, validateOneOf, validatePath } = require('../validate');
const { environmentBlock } = require('./environment');
const { validateId } = require('./limits');
const { refuseNul, refuseNuls } = require('./nul');

/**
 * @returns {{ options: object, environment: string | null }} options without envPairs: environment is the same, as the addon takes it
 */
function normalizeSpawnArguments(file, args, options) {
  validateString(file, 'file');
  refuseNul(file, 'file');
  if (file.length === 0) throw new errors.codes.ERR_INVALID_ARG_VALUE('file', file, 'cannot be empty');

  let list = [];
  let given = options;
  if (Array.isArray(args)) {
    list = args.slice();
  } else if (args !== undefined && args !== null) {
    if (typeof args !== 'object') throw new errors.codes.ERR_INVALID_ARG_TYPE('args', 'object', args);
    given = args;
  }
  refuseNuls(list, 'args');
  if (given !== undefined) validateObject(given, 'options');

  const normalized = { __proto__: null, ...given };
  const { cwd } = normalized;
  normalized.cwd = isGiven(cwd) ? validatePath(cwd, 'options.cwd') : cwd;
  validateFields(normalized);
  const command = normalized.shell ? shellCommand(file, list, normalized.shell) : { file, args: list };
  command.args.unshift(typeof normalized.argv0 === 'string' ? normalized.argv0 : command.file);

  normalized.args = command.args;
  normalized.detached = !!normalized.detached;
  normalized.file = command.file;
  normalized.windowsHide = !!normalized.windowsHide;
  normalized.windowsVerbatimArguments = !!normalized.windowsVerbatimArguments;
  return { options: normalized, environment: environmentBlock(environmentOf(normalized)) };
}

function validateFields(options) {
  const { detached, uid, gid, shell, argv0, windowsHide, windowsVerbatimArguments, lifetime, killMode } = options;
  if (isGiven(detached)) validateBoolean(detached, 'options.detached');
  validateId(uid, 'options.uid');
  validateId(gid, 'options.gid');
  if (isGiven(shell) && typeof shell !== 'boolean' && typeof shell !== 'string') {
    throw new errors.codes.ERR_INVALID_ARG_TYPE('options.shell', ['boolean', 'string'], shell);
  }
  validateArgv0(argv0);
  if (isGiven(windowsHide)) validateBoolean(windowsHide, 'options.windowsHide');
  if (isGiven(windowsVerbatimArguments)) validateBoolean(windowsVerbatimArguments, 'options.windowsVerbatimArguments');
  if (lifetime !== undefined) validateOneOf(lifetime, 'options.lifetime', ['parent', 'independent']);
  if (killMode !== undefined) validateOneOf(killMode, 'options.killMode', ['process', 'group', 'tree']);
}

function validateArgv0(argv0) {
  if (!isGiven(argv0)) return;
  validateString(argv0, 'options.argv0');
  refuseNul(argv0, 'options.argv0');
}

function isGiven(value) {
  return value !== undefined && value !== null;
}

/** The shell gets program and arguments as one line, unquoted, as it always has: hence the warning. */
function shellCommand(file, args, shell) {
  refuseNul(shell, 'options.shell');
  if (args.length > 0) warnOfUnescapedArguments();
  const line = args.length > 0 ? `${file} ${args.join(' ')}` : file;
  return { file: typeof shell === 'string' ? shell : '/bin/sh', args: ['-c', line] };
}

let warned = major < 24;

function warnOfUnescapedArguments() {
  if (warned) return;
  warned = true;
  process.emitWarning(
    'Passing args to a child process with shell option true can lead to security ' +
      'vulnerabilities, as the arguments are not escaped, only concatenated.',
    'DeprecationWarning',
    'DEP0190',
  );
}

/** With what the child finds its broker by. */
function environmentOf({ env, broker }) {
  if (broker === undefined) return env;
  const { brokerVariables } = require('../ipc')[Symbol.for('@x/procs.inside')]();
  const variables = { __proto__: null };
  // Inherited ones as well, see environmentBlock().
  for (const name in env || process.env) variables[name] = (env || process.env)[name];
  return Object.assign(variables, brokerVariables(broker));
}

module.exports = { normalizeSpawnArguments, validateArgv0 };
