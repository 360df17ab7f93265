'use strict';
// The options `from` and `to`: which of the child's streams is meant.

const errors = require('../../errors');
const { validateBoolean, validateObject } = require('../../validate');

const NAMES = ['stdin', 'stdout', 'stderr'];
const OUTPUTS = "must be one of: 'stdout', 'stderr', 'all', 'fd3', 'fd4', …";
const INPUTS = "must be one of: 'stdin', 'fd3', 'fd4', …";

/** @returns {import('../output/output').Output[]} two for 'all' */
function outputsFrom(run, from = 'stdout') {
  if (from === 'all') {
    if (run.all === null) throw invalid('options.from', from, 'cannot be used without options.all');
    return run.all.outputs;
  }
  const fd = fdOf(from, 'options.from', OUTPUTS, run);
  if (run.settings.isInput(fd)) throw invalid('options.from', from, OUTPUTS);
  const output = run.outputs[fd];
  if (output === undefined) throw notPiped('options.from', from, fd, run);
  return [output];
}

/** @returns {import('../input/input').Input} */
function inputTo(run, to = 'stdin') {
  const fd = fdOf(to, 'options.to', INPUTS, run);
  if (!run.settings.isInput(fd)) throw invalid('options.to', to, INPUTS);
  const input = run.inputs[fd];
  if (input === undefined) throw notPiped('options.to', to, fd, run);
  return input;
}

function fdOf(name, option, allowed, { settings }) {
  const fd = typeof name === 'string' ? NAMES.indexOf(name) : -1;
  if (fd >= 0) return fd;
  const match = typeof name === 'string' ? /^fd([1-9]\d*)$/.exec(name) : null;
  if (match === null) throw invalid(option, name, allowed);
  const number = Number(match[1]);
  if (number >= settings.stdio.length) throw invalid(option, name, 'is for a file descriptor that options.stdio does not open');
  return number;
}

function notPiped(option, name, fd, { settings }) {
  const words = settings.stdio[fd].map(({ kind }) => `'${kind}'`).join(', ');
  return invalid(option, name, `is not a pipe: options.${NAMES[fd] ?? `stdio[${fd}]`} has set it to ${words}`);
}

function invalid(name, value, reason) {
  return new errors.codes.ERR_INVALID_ARG_VALUE(name, value, reason);
}

/** What all conversions take. @returns {object} with every option, `defaults` where they are not given */
function optionsOf(given, defaults) {
  if (given === undefined) return defaults;
  validateObject(given, 'options');
  const options = { __proto__: null, ...defaults };
  for (const key of Object.keys(given)) {
    if (!(key in defaults)) throw invalid(`options.${key}`, given[key], `is not one of: ${Object.keys(defaults).join(', ')}`);
    if (given[key] === undefined) continue;
    if (typeof defaults[key] === 'boolean') validateBoolean(given[key], `options.${key}`);
    options[key] = given[key];
  }
  return options;
}

module.exports = { outputsFrom, inputTo, optionsOf };
