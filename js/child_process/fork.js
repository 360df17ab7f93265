'use strict';

const errors = require('../errors');
const { validateArray, validateObject, validateOneOf, validatePath } = require('../validate');
require('../node_channel'); // with this file, and not when the child has been started already
const { refuseNul, refuseNuls } = require('./nul');
const { spawn } = require('./spawn');
const { stdioArray } = require('./stdio');

/** Starts Node with a module, and with a channel to it. */
function fork(modulePath, args = [], options = undefined) {
  const path = validatePath(modulePath, 'modulePath');
  let list = args;
  let given = options;
  if (args === undefined || args === null) {
    list = [];
  } else if (typeof args === 'object' && !Array.isArray(args)) {
    list = [];
    given = args;
  } else {
    validateArray(args, 'args');
  }
  if (given !== undefined && given !== null) validateObject(given, 'options');

  const normalized = { __proto__: null, ...given, shell: false };
  normalized.execPath ||= process.execPath;
  refuseNul(normalized.execPath, 'options.execPath');
  const execArgv = normalized.execArgv || ownExecArgv();
  refuseNuls(execArgv, 'options.execArgv');
  normalized.stdio = stdioWithChannel(normalized);
  return spawn(normalized.execPath, [...ownFlags(normalized, execArgv), ...execArgv, path, ...list], normalized);
}

/** For `transport: 'fast'`. */
function ownFlags(options, execArgv) {
  const { transport, serialization } = options;
  validateOneOf(transport, 'options.transport', [undefined, 'fast']);
  if (transport === undefined) return [];
  validateOneOf(serialization, 'options.serialization', [undefined, 'json', 'advanced']);
  const { PRELOADED, canPreload, preloadArguments } = require('../preload');
  if (!canPreload(execArgv, options.env ?? process.env)) return [];
  options[PRELOADED] = true;
  return preloadArguments();
}

/** Without the code that this process got with --eval, or the child would run that, and fork again. */
function ownExecArgv() {
  const { execArgv, _eval } = process;
  const at = _eval === undefined || _eval === null ? -1 : execArgv.lastIndexOf(_eval);
  return at > 0 ? execArgv.toSpliced(at - 1, 2) : execArgv;
}

function stdioWithChannel({ stdio, silent }) {
  if (typeof stdio === 'string') return stdioArray(stdio, 'ipc');
  if (!Array.isArray(stdio)) return stdioArray(silent ? 'pipe' : 'inherit', 'ipc');
  if (!stdio.includes('ipc')) throw new errors.codes.ERR_CHILD_PROCESS_IPC_REQUIRED('options.stdio');
  return stdio;
}

module.exports = { fork };
