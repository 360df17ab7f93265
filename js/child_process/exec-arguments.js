'use strict';
// The arguments of exec(), execFile() and their synchronous twins, which may be left out in the middle.

const { validateString, validateObject, validateFunction } = require('../validate');
const { validateArgv0 } = require('./normalize');
const { refuseNul } = require('./nul');

const NO_OPTIONS = Object.freeze({ __proto__: null });

/** @returns {{ file: string, options: object, callback: Function | undefined }} */
function normalizeExecArguments(command, options, callback) {
  validateString(command, 'command');
  refuseNul(command, 'command');
  const withoutOptions = typeof options === 'function';
  const copy = { __proto__: null, ...(withoutOptions ? undefined : options) };
  copy.shell = typeof copy.shell === 'string' ? copy.shell : true;
  return { file: command, options: copy, callback: withoutOptions ? options : callback };
}

/** @returns {{ file: any, args: any[], options: object, callback: Function | undefined }} */
function normalizeExecFileArguments(file, args, options, callback) {
  const given = { file, args, options, callback };
  if (Array.isArray(args)) {
    given.args = args.slice();
  } else if (args !== null && typeof args === 'object') {
    given.args = null;
    given.options = args;
    given.callback = options;
  } else if (typeof args === 'function') {
    given.args = null;
    given.options = null;
    given.callback = args;
  }
  given.args ??= [];
  if (typeof given.options === 'function') given.callback = given.options;
  else if (given.options !== undefined && given.options !== null) validateObject(given.options, 'options');
  given.options ??= NO_OPTIONS;
  if (given.callback !== undefined && given.callback !== null) validateFunction(given.callback, 'callback');
  validateArgv0(given.options.argv0);
  return given;
}

module.exports = { normalizeExecArguments, normalizeExecFileArguments };
